"""Thirty pairs of spellings of places, from the sources of the chronicle itself."""

PAIRS = (
    ("al-hol-camp", "al-hawl-camp"), ("al-hol-camp", "مخيم-الهول"), ("hol-camp", "al-hawl-camp"),
    ("al-shaddadi-prison", "shaddadeh-prison"), ("al-shaddadi-prison", "سجن-الشدادي"),
    ("shaddadi-base", "al-shaddadi-base"), ("al-sinaa-prison", "sinaa-prison"), ("al-sinaa-prison", "سجن-الصناعة"),
    ("ghuwayran-prison", "gweiran-prison"), ("ghwayran-prison", "gweiran-prison"), ("ghuwayran-prison", "سجن-غويران"),
    ("al-aqtan-prison", "aqtan-prison"), ("al-aqtan-prison", "سجن-الأقطان"), ("roj-camp", "مخيم-روج"),
    ("al-jadaa-camp", "jadaa-camp"), ("al-jadaa-camp", "مخيم-الجدعة"), ("hasakah-city", "الحسكة"),
    ("hasakah-city", "al-hasakah"), ("qamishli-city", "القامشلي"), ("al-qaim-crossing", "qaim-crossing"),
    ("al-qaim-bukamal-crossing", "al-qaim-al-bukamal"), ("yarubiyah-crossing", "yarubiye-crossing"),
    ("yarubiyah-crossing", "معبر-اليعربية"), ("rabia-crossing", "معبر-ربيعة"), ("al-waleed-crossing", "معبر-الوليد"),
    ("al-tanf-base", "tanf-base"), ("al-tanf-base", "قاعدة-التنف"), ("ain-al-asad-base", "قاعدة-عين-الأسد"),
    ("qasrak-base", "قاعدة-قسرك"), ("panorama-prison", "سجن-البانوراما"),
)  # fmt: skip
OTHERS = (
    "al-karkh-prison", "nasiriyah-prison", "susa-prison", "akhtarin-camp", "kharab-al-jir-base", "raqqa-city",
    "semalka-fishkhabur-crossing", "derik-city", "malikiyah-city", "deir-ez-zor-city", "nineveh-place",
)  # fmt: skip
"""Further places of the chronicle, which are none of the others."""
