"""Call forms as text: which parts of `price(a, b=1, *rest) -> int` are parameters, and which is being written."""

from __future__ import annotations

from polycell.core.results import Signature, Signatures
from polycell.core.text import Span

_OPEN, _CLOSE = "([{", ")]}"


def parameters(label: str) -> tuple[Span, ...]:
    """The parameters inside of the label's first parenthesis, as spans; `*` and `/`, which only separate, are left out.

    Total: a label without a parenthesis has none.
    """
    begin = label.find("(")
    if begin < 0:
        return ()
    made: list[Span] = []
    depth, start, quote = 0, begin + 1, ""
    for at in range(begin, len(label)):
        sign = label[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in _OPEN:
            depth += 1
        elif sign in _CLOSE or (sign == "," and depth == 1):
            depth -= sign in _CLOSE
            if depth > 1 or (sign in _CLOSE and depth == 1):
                continue
            text = label[start:at]
            lead = len(text) - len(text.lstrip())
            if text.strip() not in ("", "*", "/"):
                made.append(Span(start + lead, start + len(text.rstrip())))
            start = at + 1
            if depth == 0:
                break
    return tuple(made)


def written(label: str, spans: tuple[Span, ...], argument: int, keyword: str = "") -> int | None:
    """Which parameter an argument is for: by its keyword, else by its place; what is too much goes to `*args`."""
    names = [span.of(label).partition("=")[0].partition(":")[0].strip() for span in spans]
    if keyword:
        if keyword in names:
            return names.index(keyword)
        return next((i for i, name in enumerate(names) if name.startswith("**")), None)
    star = next((i for i, name in enumerate(names) if name.startswith(("*", "…"))), None)
    if star is not None and argument >= star and not names[star].startswith("**"):
        return star
    return argument if argument < len(names) and not names[argument].startswith("**") else None


def signatures(label: str, argument: int, keyword: str = "", documentation: str = "") -> Signatures:
    """One call form with the parameter that is being written."""
    spans = parameters(label)
    return Signatures((Signature(label, spans, documentation),), 0, written(label, spans, argument, keyword))
