// The page, drawn once in each language.

function drawPage() {
  applied = saidState = saidFindings = saidEntries = saidPlans = "";
  applyFilters();
  document.documentElement.lang = language;
  document.documentElement.dir = isArabic() ? "rtl" : "ltr";
  document.title = D.titles[language];
  $("#page").replaceChildren(
    skipLink(),
    drawHeader(),
    el(
      "main",
      {},
      lanesPanel(),
      el("div", { class: "side" }, mapPanel(), squarePanel()),
      changedPanel(),
      el("div", { id: "tables", tabindex: -1 }, drawTables()),
      plansPanel(),
      findingsPanel(),
      entriesPanel(),
    ),
    drawFooter(),
    drawDialog(),
  );
  for (const id of Object.keys(saidLists)) delete saidLists[id];
  drawScaled();
  drawMap();
}
function drawScaled() {
  drawLanes();
  drawSquare();
}
function skipLink() {
  const skip = (event) => {
    event.preventDefault();
    $("#tables").scrollIntoView();
    $("#tables").focus();
  };
  return el("a", { class: "skip", href: "#tables", onclick: skip }, word("skip"));
}
function drawHeader() {
  const languages = D.languages.map(([code, called]) =>
    button(called, () => speak(code), { lang: code, "aria-pressed": String(code === language) }),
  );
  return el(
    "header",
    {},
    el(
      "div",
      { class: "top" },
      el("h1", { dir: "auto" }, D.titles[language]),
      el(
        "div",
        { class: "tools" },
        button(word("copy_link"), (event) => copy(event, fullAddress()), { id: "copy-link" }),
        button(word("copy_citation"), (event) => copy(event, citation()), { id: "copy-citation" }),
        el("span", { class: "languages", role: "group", "aria-label": "Language · اللغة" }, languages),
      ),
    ),
    D.unknown ? el("p", { class: "unknown" }, fill(word("unknown_entries"), count(D.unknown))) : "",
    el("p", { id: "state", "aria-live": "polite", tabindex: 0 }),
    drawControls(),
  );
}
function speak(code) {
  language = code;
  go({}, "all");
  requestAnimationFrame(() => $(".languages [aria-pressed=true]")?.focus());
}
function drawControls() {
  const named = (kind) => [
    ...new Set(
      entries
        .flatMap((e) => e.tags)
        .filter((tag) => tag.startsWith(`${kind}:`))
        .map(slugOf),
    ),
  ];
  const byName = (slugs) => slugs.map((slug) => [slug, name(slug)]).sort((a, b) => a[1].localeCompare(b[1], language));
  const kinds = [...new Set(entries.map((e) => e.type.split(".")[0]))].filter(
    (kind) => kind !== "editorial" && kind !== "entity",
  );
  const special = ["late", "differ", "corrected", "planned"].map((key) => [key, word(`only_${key}`)]);
  const search = el("input", {
    type: "search",
    id: "text",
    placeholder: word("search_entries"),
    "aria-label": word("search_entries"),
    value: filters.text,
    oninput: (event) => filterBy("text", event.target.value),
  });
  return el(
    "div",
    { class: "controls", role: "group", "aria-label": word("controls") },
    clock("at", "occurred_by", (way) => go({ at: neighbour(occurredEnds, moment.at, way) })),
    clock("reported", "reported_by", (way) =>
      go({ reported: neighbour(publishedEnds, moment.reported === NEVER ? LAST_TOLD + 1 : moment.reported, way) }),
    ),
    button(word("everything"), () => go({ reported: NEVER }), { id: "everything" }),
    button(word("play"), play, { id: "play" }),
    el("span", { class: "space" }),
    search,
    choice("facility", "all_facilities", byName(named("facility"))),
    choice("authority", "all_authorities", byName(named("authority"))),
    choice("kind", "all_kinds", [...kinds.map((kind) => [kind, capital(word(`kind_${kind}`, ""))]), ...special]),
    button(word("clear"), clearFilters, { id: "clear", hidden: true }),
  );
}
function clock(id, key, act) {
  const typed = (event) => {
    const to = parsed(event.target.value);
    event.target.setAttribute("aria-invalid", String(Number.isNaN(to)));
    if (!Number.isNaN(to)) go({ [id]: to });
  };
  return el(
    "span",
    { class: "clock" },
    el("label", { for: id }, word(key)),
    el(
      "span",
      { dir: "ltr" },
      button("◂", () => act(-1), { "aria-label": `${word(key)}: ${word("earlier")}` }),
      el("input", { type: "text", title: "2026-01-31", autocomplete: "off", id, onchange: typed }),
      button("▸", () => act(1), { "aria-label": `${word(key)}: ${word("later")}` }),
    ),
  );
}
function choice(id, key, options) {
  const made = options.map(([value, text]) => el("option", { value, selected: filters[id] === value }, text));
  return el(
    "select",
    { id, "aria-label": word(key), onchange: (event) => filterBy(id, event.target.value) },
    el("option", { value: "" }, word(key)),
    made,
  );
}
function filterBy(filter, value) {
  filters[filter] = value;
  go({});
}
function clearFilters() {
  for (const filter of Object.keys(filters)) {
    filters[filter] = "";
    $(`#${filter}`).value = "";
  }
  go({});
}
const panel = (id, title, ...inside) =>
  el(
    "section",
    { class: `panel ${id}`, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, word(title)),
    inside,
  );
function lanesPanel() {
  const zoom = el(
    "div",
    { class: "zoom" },
    button(word("dense"), () => zoomTo(...DENSE)),
    button(word("whole"), () => zoomTo(...WHOLE)),
    button("+", () => zoomBy(0.6, pivot()), { "aria-label": word("closer") }),
    button("−", () => zoomBy(1 / 0.6, pivot()), { "aria-label": word("wider") }),
  );
  const head = el("div", { class: "head" }, el("h2", { id: "lanes-title" }, lanesTitle()), zoom);
  return el(
    "section",
    { class: "panel lanes", "aria-labelledby": "lanes-title" },
    head,
    el("div", { id: "lanes" }),
    el("p", { id: "lanes-help", class: "hint" }, word("lanes_help"), countLanes.length ? ` ${word("lanes_scale")}` : ""),
    el("p", { id: "lanes-cut", class: "hint" }),
    el("div", { id: "legend" }),
  );
}
const mapPanel = () =>
  D.map
    ? el(
        "section",
        { class: "panel map", "aria-labelledby": "map-title" },
        el("h2", { id: "map-title" }, word("map")),
        el("div", { id: "map" }),
      )
    : "";
const squarePanel = () =>
  panel(
    "clocks",
    "square",
    el("div", { id: "square" }),
    el("p", { id: "square-help", class: "hint" }, word("square_help")),
  );
function listPanel(id) {
  return el(
    "div",
    {},
    el("h3", { id: `${id}-title` }, word(`${id}_title`)),
    el("ul", { id, tabindex: 0, role: "list", "aria-labelledby": `${id}-title`, onscroll: () => scrolled.add(id) }),
  );
}
const changedPanel = () =>
  panel("changed", "changed", el("div", { class: "two" }, listPanel("happened"), listPanel("told")));

/** The lists of plans and of statements that ever have something; the page has no place for the others. */
const plansLists = [
  ...(entries.some((entry) => entry.mod === "planned") ? ["plans"] : []),
  ...(entries.some((entry) => SAID.has(entry.type)) ? ["said"] : []),
];
const plansPanel = () =>
  plansLists.length
    ? panel("planned", "plans_and_words", el("div", { class: plansLists[1] ? "two" : "two one" }, plansLists.map(listPanel)))
    : "";
const findingsPanel = () => panel("findings-panel", "findings_title", el("div", { id: "findings" }));
function entriesPanel() {
  const more = () => {
    limit += 100;
    updateEntries();
  };
  return panel(
    "log",
    "entries",
    el("p", { id: "shown", role: "status" }),
    el("ol", { id: "entries" }),
    button("", more, { id: "more" }),
  );
}
function drawFooter() {
  const seal = el(
    "p",
    {},
    fill(word("made_from"), counted(D.log.entries, "entries")),
    " ",
    el("code", { dir: "ltr" }, D.log.digest),
    " · ",
    el("code", { dir: "ltr" }, D.log.root),
  );
  return el(
    "footer",
    {},
    seal,
    el("p", {}, fill(word("zone_said"), D.zone.name)),
    D.map ? el("p", {}, word("map_source")) : "",
  );
}
function drawDialog() {
  const closed = () => {
    if (!$("#claims").open) go({ entry: "" });
  };
  return el("dialog", {
    id: "claims",
    "aria-labelledby": "claims-title",
    onclose: closed,
    onclick: (event) => event.target.id === "claims" && event.target.close(),
  });
}
let playing = 0;
function play() {
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    $("#play").textContent = word("play");
  };
  if (playing) return stop();
  if (moment.at >= HORIZON) go({ at: endOfDay(DENSE[0]) });
  $("#play").textContent = word("pause");
  playing = setInterval(() => (moment.at >= HORIZON ? stop() : go({ at: stepped(moment.at, 1) })), 250);
}
