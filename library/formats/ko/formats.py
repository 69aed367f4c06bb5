"""Dates and times as Koreans write them; Django's own say `11:47 오전`."""

DATE_FORMAT = "Y. n. j."
TIME_FORMAT = "A g:i"
DATETIME_FORMAT = "Y. n. j. A g:i"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
DATE_INPUT_FORMATS = [
    "%Y-%m-%d", "%Y. %m. %d.", "%Y. %m. %d", "%Y.%m.%d.", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y년 %m월 %d일",
]  # fmt: skip
DATETIME_INPUT_FORMATS = [f"{day} {time}" for time in ("%H:%M:%S", "%H:%M") for day in DATE_INPUT_FORMATS]
DATETIME_INPUT_FORMATS += [f"{day} %H시 %M분" for day in DATE_INPUT_FORMATS]
