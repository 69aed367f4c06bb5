"""Templates whose constant parts are rendered once, when they are loaded: sentences in the language of the page,
addresses without arguments, static files. Each page has dozens of them, which took a fifth of rendering it. Templates
that another one includes or extends are found when that is loaded, and so are addresses of which only a number changes.

`Loader` stands in the settings where Django's cached loader would; a template is kept for each language.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import RLock
from typing import Any

from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import get_language

STAND_INS = (7, 10**17 + 7)
"""Of the ids of things, in addresses that are looked up before any is known."""


class Loader(cached.Loader):
    """Keeps what other loaders find, with its constant parts rendered."""

    def __init__(self, engine: Any, loaders: list[Any]) -> None:
        super().__init__(engine, loaders)
        self._guard, self._begun, self._folded = RLock(), set[str](), set[str]()

    def get_template(self, template_name: str, skip: list[Any] | None = None) -> Template:
        """The template for the active language."""
        key = self.cache_key(template_name, skip)
        if key in self._folded:
            return super().get_template(template_name, skip)
        with self._guard:  # nobody gets one whose parts are being put in place
            template = super().get_template(template_name, skip)
            if key not in self._begun:
                self._begun.add(key)
                fold(template.nodelist, self._named)
                template.nodelist = Parts(template.nodelist)
                self._folded.add(key)
            return template

    def cache_key(self, template_name: str, skip: list[Any] | None = None) -> str:
        """Tells languages apart, sets of addresses, and what stands before these."""
        addresses = f"{settings.ROOT_URLCONF} {get_script_prefix()}"
        return f"{get_language()} {addresses} {super().cache_key(template_name, skip)}"

    def reset(self) -> None:
        """Reads all anew."""
        self._begun.clear()
        self._folded.clear()
        super().reset()

    def _named(self, name: str) -> Template | None:
        """The template of that name; nothing where there is none, or where it is what names this one."""
        if self.cache_key(name) in self._begun - self._folded:
            return None
        with suppress(TemplateDoesNotExist):
            return self.get_template(name)
        return None


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


class Found:
    """A template that was found before, in the place of the expression that names it."""

    def __init__(self, template: Template) -> None:
        self._template = template

    def resolve(self, _context: Context) -> Template:
        """That template, which Django takes as it takes a name."""
        return self._template


class AddressOfThing(Node):
    """An address that was looked up before, in the place of the tag that asks for it with the id of a thing."""

    def __init__(self, tag: URLNode, before: str, after: str) -> None:
        self._tag, self._before, self._after = tag, before, after

    def render(self, context: Context) -> str:
        """The address; with something else than an id, what the tag finds."""
        number = self._tag.args[0].resolve(context)
        if type(number) is int and 0 < number <= STAND_INS[-1]:
            return f"{self._before}{number}{self._after}"
        return str(self._tag.render(context))


def fold(nodes: NodeList, named: Callable[[str], Template | None]) -> None:
    """Renders what is constant, here and within, and joins it with the text around it."""
    folded: list[Node] = []
    for node in nodes:
        _find(node, named)
        for within in _within(node):
            fold(within, named)
        if (text := _constant(node)) is None:
            folded.append(_address_of_thing(node) or node)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + text)
        else:
            folded.append(TextNode(text))
    nodes[:] = folded


def _find(node: Node, named: Callable[[str], Template | None]) -> None:
    """Finds the template that the node names, if it is always the same one."""
    place = {IncludeNode: "template", ExtendsNode: "parent_name"}.get(type(node), "")
    expression: Any = getattr(node, place, None)
    name = expression.var if isinstance(expression, FilterExpression) and _is_literal(expression) else None
    # What extends another of its own name is sent on by Django, which remembers where it has been.
    is_other = isinstance(name, str) and not name.startswith(".") and name != node.origin.template_name
    if is_other and (template := named(str(name))):
        setattr(node, place, Found(template))


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


def _address_of_thing(node: Node) -> AddressOfThing | None:
    """The address that the node asks for, where it is the same one for ids of one digit and of many."""
    match node:
        case URLNode(asvar=None, args=[_], kwargs=named) if not named and _is_literal(node.view_name):
            with suppress(NoReverseMatch):
                first, second = (
                    tuple(reverse(node.view_name.var, args=[number]).split(str(number))) for number in STAND_INS
                )
                if first == second and len(first) == 2:
                    return AddressOfThing(node, *first)
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
