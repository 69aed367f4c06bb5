"""Languages by the names that lists of Korean libraries have for them."""

_NAMES = """
ko 한국어 국어 한글 우리말 korean
en 영어 english
ja 일본어 일어 japanese 日本語
zh 중국어 중국말 chinese 中文
fr 프랑스어 불어 french français
de 독일어 독어 german deutsch
es 스페인어 에스파냐어 서반아어 spanish español
it 이탈리아어 이태리어 italian italiano
pt 포르투갈어 portuguese português
ru 러시아어 노어 russian русский
vi 베트남어 vietnamese
th 태국어 타이어 thai
id 인도네시아어 indonesian
mn 몽골어 몽고어 mongolian
tl 타갈로그어 tagalog
km 크메르어 캄보디아어 khmer
ne 네팔어 nepali
uz 우즈베크어 우즈베키스탄어 uzbek
ar 아랍어 아라비아어 arabic
hi 힌디어 hindi
la 라틴어 latin
"""
TAGS = {name: tag for tag, *names in map(str.split, _NAMES.strip().splitlines()) for name in names}
"""The tag for each name, in small letters."""
