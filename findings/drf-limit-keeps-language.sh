#!/usr/bin/env bash
# Django REST framework 3.18.3: the sentence of a field's limit stays in the language in which it was said first.
#
# Why it matters: making a serializer's fields anew takes most of the time of a small call, so one that is kept looks
# like a gain. The next patron then reads that a number is too large in the language of whoever came first, while
# "may not be null" beside it is in the right one.
# Instead: keep a serializer for each language, or make it anew.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 djangorestframework==3.18.3 || exit 2

seen=$("$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure(USE_I18N=True, INSTALLED_APPS=["rest_framework"])
django.setup()

from django.utils.translation import override
from rest_framework import serializers


class Renewal(serializers.Serializer):
    weeks = serializers.IntegerField(max_value=3)


def said(renewal: serializers.Serializer, language: str, weeks: int | None) -> str:
    with override(language):
        try:
            renewal.run_validation({"weeks": weeks})
        except serializers.ValidationError as error:
            sentence = str(error.detail["weeks"][0])
            return "Korean" if any("가" <= letter <= "힣" for letter in sentence) else "English"
    return "nothing"


kept = Renewal()
first, second = said(kept, "ko", 9), said(kept, "en", 9)
print(f"limit: {first}, then {second}; null: {said(kept, 'en', None)}; made anew: {said(Renewal(), 'en', 9)}")
PYTHON
)
echo "djangorestframework 3.18.3, one serializer asked in Korean and then in English"
echo "Expected: limit: Korean, then English; null: English; made anew: English"
echo "Seen:     $seen"
[ "$seen" = "limit: Korean, then Korean; null: English; made anew: English" ]
