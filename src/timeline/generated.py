"""Functions generated from text: the only place of the library that runs code which it has put together.

The fields of a class are read and written a million times. A function that names each of them takes a third of the
time of a loop over them. The text holds names of fields and code of this library, and no value: values are given by
name.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from timeline.errors import InvalidValue


def function(name: str, argument: str, lines: Iterable[str], **values: Any) -> Any:
    """Make a function of one argument from the lines of its body, in which `values` have their names.

    >>> double = function("double", "number", ["return number * two"], two=2)
    >>> double(4)
    8
    """
    body = "\n".join(f"    {line}" for line in lines)
    namespace: dict[str, Any] = dict(values)
    exec(f"def {name}({argument}):\n{body}", namespace)  # noqa: S102  # of identifiers and our own code
    return namespace[name]


def identifier(name: str) -> str:
    """Return a name if it can stand in code as an attribute.

    Raises: InvalidValue.

    >>> identifier("facility")
    'facility'
    """
    if not name.isidentifier() or iskeyword(name):
        raise InvalidValue(f"{name!r} is not the name of a field: expected an identifier.", value=name)
    return name
