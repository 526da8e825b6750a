"""Numbers as people write them: in the digits of any script, with invisible marks or words beside them."""

from __future__ import annotations

import re
from unicodedata import category

_IN_WORDS = frozenset({
    "hundred", "hundreds", "thousand", "thousands", "million", "millions", "billion", "billions", "trillion",
    "mn", "bn", "k", "m", "dozen", "dozens", "score", "lakh", "crore", "half", "quarter", "third", "مئة",
    "مائة", "مئات", "مئتان", "مئتين", "ألف", "الف", "آلاف", "الاف", "ألوف", "ألفا", "مليون", "ملايين", "مليار",
    "عشرات", "نصف", "هزار", "میلیون", "ملیون", "هەزار", "hezar", "hezaran", "milyon", "bin", "yüz", "mille",
    "millier", "milliers", "cent", "cents", "tausend", "hundert",
})  # fmt: skip
"""Words after a number that change it ("5 thousand"), in the languages of the region and its press."""
_BOUNDING = frozenset({
    "to", "or", "than", "more", "less", "fewer", "least", "most", "over", "under", "above", "below", "up",
    "until", "between", "about", "around", "approximately", "approx", "nearly", "almost", "circa", "ca", "c",
    "plus", "minus", "إلى", "الى", "أو", "او", "أكثر", "اكثر", "أقل", "اقل", "فأكثر", "الأقل", "الاقل",
    "الأكثر", "الاكثر", "تقريبا", "تقريباً", "حوالي", "نحو",
})  # fmt: skip
"""Words that turn a number into a bound or an estimate."""
_SHARES = frozenset({
    "percent", "per", "percentage", "بالمئة", "بالمائة", "مئوية",
})  # fmt: skip

_GLUED = re.compile(r"(?<![\d,])\d{1,3}([\u00a0\u2009\u202f])\d{3}(?:\1\d{3})*(?![\d,])")
"""Thousands set apart by spaces that hold a number together."""


def without_marks(text: str) -> str:
    r"""Remove invisible characters, such as the direction marks around a date.

    >>> without_marks("\u200f2026-01-21\u200e")
    '2026-01-21'
    """
    return text if text.isascii() else "".join(c for c in text if category(c) != "Cf").strip()


def ascii_digits(text: str) -> str:
    r"""Return the visible text, with the digits 0 to 9 for those of other scripts and commas between thousands.

    >>> ascii_digits("١٬٥٠٠"), ascii_digits("~1\u202f500")
    ('1,500', '~1,500')
    """
    if text.isascii():
        return text.strip()
    seen = "".join(str(int(c)) if c.isdecimal() else c for c in without_marks(text)).replace("٬", ",")
    return _GLUED.sub(lambda found: found[0].replace(found[1], ","), seen)


def misread(unit: str) -> bool:
    """Tell whether the text after a number says more of the number than its unit.

    >>> misread("families"), misread("thousand"), misread("or more")
    (False, True, True)
    """
    words = unit.lower().split()
    counting = _IN_WORDS | _BOUNDING | _SHARES
    return any(word.strip(".()") in counting or not word.lstrip("(")[:1].isalpha() for word in words)


def fault(text: str) -> str:
    """Say what is wrong with a text that cannot be read as a quantity.

    >>> fault("5 thousand")
    'says a number in words (thousand), to be written in digits'
    """
    seen = ascii_digits(text).lower()
    if not re.search("[0-9]", seen):
        return "says no number"
    words = {word.strip(".()") for word in re.split(r"[\s0-9]+", seen)}
    if "%" in seen or "٪" in seen or words & _SHARES:
        return "is a share, not a count"
    if words & _IN_WORDS:
        return f"says a number in words ({', '.join(sorted(words & _IN_WORDS))}), to be written in digits"
    if words & _BOUNDING:
        return f"says a bound in words ({', '.join(sorted(words & _BOUNDING))}), to be written as a sign"
    if re.fullmatch(r"[^0-9]*[0-9]{1,3}(?:[.'’\s][0-9]{3})+(?:\s+[^\W\d].*)?", seen):
        return "sets thousands apart otherwise than by commas"
    if re.search(r"[0-9][^0-9]+[0-9]", seen):
        return "says several numbers, or one in parts"
    return "is not written as a quantity"
