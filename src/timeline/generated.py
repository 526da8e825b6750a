"""Functions generated from text: the only place of the library that runs code which it has put together.

The fields of a class are read and written a million times. A function that names each of them takes a third of the
time of a loop over them. The text holds names of fields and code of this library, and no value: values are given by
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from keyword import iskeyword
from typing import Any

from timeline.errors import InvalidValue


def function(name: str, argument: str, lines: Iterable[str], **values: Any) -> Any:
    """Make a function of one argument, or more, from the lines of its body, in which `values` have their names.

    >>> double = function("double", "number", ["return number * two"], two=2)
    >>> double(4)
    8
    """
    body = "\n".join(f"    {line}" for line in lines)
    namespace: dict[str, Any] = dict(values)
    exec(f"def {name}({argument}):\n{body}", namespace)  # noqa: S102  # of identifiers and our own code
    return namespace[name]


def filler(cls: type, *groups: Sequence[str]) -> Callable[..., Any]:
    """Make the function that fills an instance of a frozen class from a tuple of values for each group of its fields.

    The class has slots. The values are not checked, and those of a field without a name are left out.

    >>> from timeline.values.report import Report
    >>> made = filler(Report, ["source", ""], ["quote"])(("Reuters", 7), (None,))
    >>> made.source, made.quote
    ('Reuters', None)
    """
    lines = ["self = unfrozen()"]
    for number, names in enumerate(groups):
        targets = [f"self.{identifier(name)}" if name else "_" for name in names]
        lines.append(f"{', '.join(targets)}, = group_{number}")
    lines += ["self.__class__ = cls", "return self"]
    arguments = ", ".join(f"group_{number}" for number in range(len(groups)))
    made: Callable[..., Any] = function("fill", arguments, lines, unfrozen=unfrozen(cls), cls=cls)
    return made


def unfrozen(cls: Any) -> type:
    """Make a twin of a frozen class with slots: an instance of the twin is filled, and then takes the class.

    Filling an instance of the frozen class itself would cost a call for each field. In Python 3.11, the slots of the
    class are those of its fields alone: the slot for weak references stands in a base.
    """
    return type(cls.__name__, cls.__bases__, {"__slots__": cls.__slots__})


def identifier(name: str) -> str:
    """Return a name if it can stand in code as an attribute.

    Raises: InvalidValue.

    >>> identifier("facility")
    'facility'
    """
    if not name.isidentifier() or iskeyword(name):
        raise InvalidValue(f"{name!r} is not the name of a field: expected an identifier.", value=name)
    return name
