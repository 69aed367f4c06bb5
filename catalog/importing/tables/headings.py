"""The headings by which columns are known, in Korean and English."""

HEADINGS = {
    "title": "title booktitle name 제목 서명 도서명 책제목 표제 자료명 본표제 본서명 도서제목 서명저자",
    "authors": "authors author writer creator 저자 저자명 지은이 작가 저작자 저자사항 저작사항",
    "more_authors": "additionalauthors 공저자 기타저자",
    "publisher": "publisher publishername 출판사 출판사명 발행처 발행자 펴낸곳",
    "published_year": "yearpublished publishedyear publicationyear year pubyear published date "
    "originalpublicationyear 발행년 발행년도 발행연도 출판년 출판년도 출판연도 출간연도 발행일 출판일",
    "isbn": "isbn isbn10 isbn번호 국제표준도서번호isbn 국제표준도서번호",
    "isbn13": "isbn13 ean ean13 isbn13자리",
    "isbn_of_set": "세트isbn 세트isbn번호 setisbn isbnofset",
    "isbn_addon": "부가기호 isbn부가기호 isbnaddon",
    "volume": "권 권차 권호 권책기호 권차기호 volume vol",
    "series": "series seriestitle 총서 총서명 총서사항 시리즈 시리즈명",
    "other_titles": "originaltitle othertitles 원제 원서명 원표제 대등서명 대등표제",
    "language": "language languagecode lang 언어 언어코드",
    "subjects": "subjects subject keywords categories category genre 주제 주제어 주제명 분류명 키워드",
    "other_isbns": "기타isbn otherisbns",
    "access_points": "접근점 accesspoints",
    "class_number": "주제분류번호 분류번호 분류기호 kdc kdc분류번호 kdc분류기호 ddc ddc분류번호 dewey deweydecimal "
    "classnumber",
    "class_scheme": "분류체계 분류표 classscheme classificationscheme",
    "author_mark": "도서기호 저자기호 authormark",
    "call_number": "callnumber shelfmark 청구기호 청구번호",
    "description": "description summary abstract 설명 소개 내용 책소개 초록",
    "control_number": "controlnumber recordid bookid id 제어번호 레코드번호 서지번호",
    "barcode": "등록번호 barcode barcodes itembarcode copybarcode 자료등록번호 소장번호",
    "copies": "도서권수 소장권수 복본수 소장부수 copies numberofcopies quantity",
    "room": "자료실 자료실명 소장자료실 소장처 소장위치 배가실 room location",
    "shelving_mark": "별치기호 별치 shelvingmark",
    "copy_number": "복본기호 복본번호 copynumber",
    "copy_volume": "소장본권차 copyvolume",
    "type": "자료구분 copytype",
    "for_loan": "대출가능 대출가능여부 forloan",
    "items": "딸림자료 부록 items",
    "price": "가격 정가 도서가격 구입가격 price",
    "loans_before": "대출건수 대출횟수 누적대출건수 loansbefore",
    "registered_on": "등록일자 등록일 registeredon",
}
"""For each field the headings that are taken for it, the best one first (`kernel.importing.tables.columns`)."""

FIELDS = tuple(HEADINGS)
KDC = ("kdc", "주제분류번호")
DDC = ("ddc", "dewey")
"""How headings of class numbers, and cells beside them, begin that say which classification it is."""
