"""The headings by which columns are known, in Korean and English: KOLAS III's own (its list of patrons) among them."""

from django.utils.translation import gettext_lazy as _

HEADINGS = {
    "card_number": "대출자번호 이용자번호 회원번호 회원증번호 대출증번호 카드번호 cardnumber "
    "patronnumber borrowernumber",
    "name": "이름 성명 이용자명 대출자이름 name fullname patronname",
    "email": "email 이메일 전자우편 이메일주소 emailaddress mail",
    "phone": "휴대폰 휴대폰번호 휴대전화 핸드폰 전화번호 전화 연락처 mobile phone telephone",
    "home_phone": "집전화번호 자택전화 자택전화번호 homephone",
    "postal_code": "집우편번호 우편번호 postalcode zipcode zip",
    "address": "집주소 주소 address",
    "born_on": "생년월일 생일 bornon birthdate dateofbirth birthday",
    "calendar": "생일타입 양음력",
    "guardian": "법정대리인 보호자 guardian",
    "consent_until": "동의만료일 약관만료일 개인정보동의만료일 법정대리인동의만료일 consentuntil",
    "category": "직급키 직급 회원구분 이용자구분 category patroncategory",
    "language": "언어 language",
    "expires_on": "만료일 유효기간 회원증만료일 expireson expirydate",
    "notes": "비고 메모 notes note",
    "password": "비밀번호 암호 password passwordhash",
}
"""For each field the headings that are taken for it, the best one first (`kernel.importing.tables.columns`)."""

LABELS = {
    "card_number": _("card number"),
    "name": _("name"),
    "email": _("email"),
    "phone": _("telephone"),
    "home_phone": _("telephone, where there is no other"),
    "postal_code": _("postal code"),
    "address": _("address"),
    "born_on": _("born on"),
    "calendar": _("solar or lunar birth date"),
    "guardian": _("guardian"),
    "consent_until": _("guardian's consent holds until"),
    "category": _("category"),
    "language": _("language"),
    "expires_on": _("card's last day"),
    "notes": _("notes"),
    "password": _("password, hashed"),
}
