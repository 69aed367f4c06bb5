"""Pieces of HTML escape what is not HTML already."""

from django.utils.html import format_html

from kernel.pieces import piece


def test_values_are_escaped_as_django_does_and_pieces_are_not_escaped_again() -> None:
    text = '<b title="{title}">{within}{number}</b>'
    values = {"title": '"\'<&>"', "within": piece("<i>{of}</i>")(of="{title} & <x>"), "number": 7}
    assert piece(text)(**values) == format_html(text, **values)
    assert piece(text)(**values).__html__() == (
        '<b title="&quot;&#x27;&lt;&amp;&gt;&quot;"><i>{title} &amp; &lt;x&gt;</i>7</b>'
    )
