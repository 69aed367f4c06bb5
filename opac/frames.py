"""The frame of a page that is kept: what its template shares with all others, such as its head, navigation and foot.

It is the same for all pages of a template, in a language, as long as the library's own words are, and for all who are
signed in or are not. So it is rendered once, with a mark for each block that the template has of its own, and for those
of `opac/base.html` that say where one is. A page is its blocks, put in the places of their marks.
"""

from collections.abc import Hashable, Sequence
from itertools import chain
from secrets import token_hex
from typing import Any

from django.template import Context, NodeList, Template
from django.template.base import TextNode
from django.template.context import make_context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
from django.template.response import TemplateResponse
from django.utils.translation import get_language

from opac.library_page import library_page, words_of

MARK = token_hex(32)
OF_PLACE = {"from_here", "here"}
"""Blocks of `opac/base.html` that differ with the page's address."""
MOST = 100
_frames: dict[Hashable, "Frame"] = {}


class Frame:
    """What stands between the blocks of a template."""

    def __init__(self, template: Template, context: Context) -> None:
        extends: Any = template.nodelist.get_nodes_by_type(ExtendsNode)[0]
        base = extends.get_parent(context)
        blocks = {one.name: one for one in base.nodelist.get_nodes_by_type(BlockNode) if one.name in OF_PLACE}
        blocks |= extends.blocks
        marks = context.render_context[BLOCK_CONTEXT_KEY] = BlockContext()
        marks.add_blocks({name: BlockNode(name, NodeList([TextNode(f"{MARK}{name}{MARK}")])) for name in blocks})
        pieces = base.nodelist.render(context).split(MARK)
        del context.render_context[BLOCK_CONTEXT_KEY]
        self._first, self._behind = pieces[0], pieces[2::2]
        self._blocks = [blocks[name].nodelist for name in pieces[1::2]]

    def parts(self, context: Context) -> list[str]:
        """Its blocks in this context."""
        parts = []
        for block in self._blocks:
            with context.push():
                parts.append(block.render(context))
        return parts

    def with_parts(self, parts: Sequence[str]) -> str:
        """The page that has these blocks."""
        texts = zip(parts, self._behind, strict=True)
        return "".join((self._first, *chain.from_iterable(texts)))


def _template_of(page: TemplateResponse) -> Template:
    of_engine: Any = page.resolve_template(page.template_name)
    template: Template = of_engine.template
    return template


def framed(page: TemplateResponse) -> tuple[Frame, list[str]]:
    """A page as its frame and its blocks, which make what rendering it gives, to the byte."""
    request, template = page._request, _template_of(page)
    context = make_context(page.context_data, request)
    with context.bind_template(template), context.render_context.push_state(template):
        context["library"], context["language"] = library_page(), get_language()
        whose = (template, request.user.is_authenticated)
        if (frame := _frames.get((*whose, words_of(context["library"])))) is None:
            if len(_frames) >= MOST:
                _frames.clear()
            frame = Frame(template, context)
            _frames[*whose, words_of(context["library"])] = frame  # those that it was made with
        return frame, frame.parts(context)
