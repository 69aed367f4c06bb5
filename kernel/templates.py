"""Templates whose constant parts are rendered once, when they are loaded: sentences in the language of the page,
addresses without arguments, static files. Each page has dozens of them, which took a fifth of rendering it.

`Loader` stands in the settings where Django's cached loader would; a template is kept for each language.
"""

from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import Any

from django.conf import settings
from django.template import Context, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loaders import cached
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.translation import get_language


class Loader(cached.Loader):
    """Keeps what other loaders find, with its constant parts rendered."""

    def __init__(self, engine: Any, loaders: list[Any]) -> None:
        super().__init__(engine, loaders)
        self._guard, self._folded = Lock(), set[str]()

    def get_template(self, template_name: str, skip: list[Any] | None = None) -> Template:
        """The template for the active language."""
        key = self.cache_key(template_name, skip)
        if key in self._folded:
            return super().get_template(template_name, skip)
        with self._guard:  # nobody gets one whose parts are being put in place
            template = super().get_template(template_name, skip)
            if key not in self._folded:
                fold(template.nodelist)
                template.nodelist = Parts(template.nodelist)
                self._folded.add(key)
            return template

    def cache_key(self, template_name: str, skip: list[Any] | None = None) -> str:
        """Tells languages apart, sets of addresses, and what stands before these."""
        addresses = f"{settings.ROOT_URLCONF} {get_script_prefix()}"
        return f"{get_language()} {addresses} {super().cache_key(template_name, skip)}"

    def reset(self) -> None:
        """Reads all anew."""
        self._folded.clear()
        super().reset()


class Parts(NodeList):
    """The parts of a whole template. It looks for blocks once: a page looks for those of what it extends each time."""

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self._found: dict[type[Node], list[Node]] = {}

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        """Those of a type, here and within."""
        if nodetype not in self._found:
            self._found[nodetype] = super().get_nodes_by_type(nodetype)
        return self._found[nodetype]


def fold(nodes: NodeList) -> None:
    """Renders what is constant, here and within, and joins it with the text around it."""
    folded: list[Node] = []
    for node in nodes:
        for within in _within(node):
            fold(within)
        if (text := _constant(node)) is None:
            folded.append(node)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + text)
        else:
            folded.append(TextNode(text))
    nodes[:] = folded


def _within(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
    elif not isinstance(node, LanguageNode):  # its parts are in another language
        yield from (nodes for name in node.child_nodelists if isinstance(nodes := getattr(node, name, None), NodeList))


def _constant(node: Node) -> str | None:
    """What the node is rendered as, whatever the context; None where that depends on it."""
    if isinstance(node, TextNode):
        return node.s
    if isinstance(node, (CommentNode, LoadNode)):
        return ""
    with suppress(NoReverseMatch):  # of a part that is left out where this address is not installed
        return str(node.render(Context())) if _is_constant(node) else None
    return None


def _is_constant(node: Node) -> bool:
    match node:
        case TranslateNode(asvar=None, message_context=None):
            return _is_literal(node.filter_expression)
        case URLNode(asvar=None, args=[]):
            return not node.kwargs and _is_literal(node.view_name)
        case StaticNode(varname=None):
            return type(node) is StaticNode and _is_literal(node.path)
    return False


def _is_literal(expression: FilterExpression) -> bool:
    if expression.filters:
        return False
    return expression.var.lookups is None if isinstance(expression.var, Variable) else isinstance(expression.var, str)
