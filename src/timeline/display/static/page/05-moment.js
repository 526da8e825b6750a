// The moment that is shown, its address, and the one loop in which everything follows it.

const HORIZON = D.horizon ?? FREE;
const LAST_TOLD = publishedEnds.at(-1) ?? NEVER;
const moment = { at: HORIZON, reported: NEVER, entry: "" };
const filters = { text: "", facility: "", authority: "", kind: "" };
const FILTERS = { text: "q", facility: "place", authority: "body", kind: "kind" };

/** Take the moment, the language and the filters from the address. */
function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  moment.at = said.get("at") === "all" ? FREE : parsed(said.get("at")) || HORIZON;
  moment.reported = parsed(said.get("reported")) || NEVER;
  moment.entry = said.get("entry") ?? "";
  if (D.words[said.get("lang")]) language = said.get("lang");
  for (const [filter, key] of Object.entries(FILTERS)) filters[filter] = said.get(key) ?? "";
}

/** The address of what is shown, from the # on. */
function address() {
  const said = new URLSearchParams({ at: moment.at === FREE ? "all" : iso(moment.at) });
  if (moment.reported !== NEVER) said.set("reported", iso(moment.reported));
  if (moment.entry) said.set("entry", moment.entry);
  if (language !== D.language) said.set("lang", language);
  for (const [filter, key] of Object.entries(FILTERS)) if (filters[filter]) said.set(key, filters[filter]);
  return `#${said}`;
}
const fullAddress = () => location.href.split("#")[0] + address();

let pending = 0;
let dirty = new Set();
let saving = 0;

/** Go to another moment, in the next frame; `parts` names what is drawn again: "scale", "map" or "all". */
function go(change, ...parts) {
  Object.assign(moment, change);
  parts.forEach((part) => dirty.add(part));
  pending ||= requestAnimationFrame(step);
}
function step() {
  pending = 0;
  const parts = dirty;
  dirty = new Set();
  if (parts.has("all")) drawPage();
  else if (parts.has("scale")) drawScaled();
  if (parts.has("map") && !parts.has("all")) drawMap();
  update();
  clearTimeout(saving);
  saving = setTimeout(() => history.replaceState(null, "", address()), 200);
}

/** Both clocks in words, as the beginning of a sentence. */
function clocksSaid() {
  const occurred = moment.at === FREE ? word("at_all_times") : fill(word("on"), day(moment.at));
  const known = moment.reported === NEVER ? D.cut : moment.reported;
  return `${occurred} ${known === null ? word("all_published") : fill(word("published_by_then"), day(known))}`;
}

/** A citation of what is shown, with the seal of the log. */
function citation(figure = "") {
  const said = [D.titles[language], clocksSaid().replace(/[:：]$/, ""), figure].filter(Boolean).join(". ");
  return fill(word("citation"), said, counted(D.log.entries, "entries", true), D.log.digest, D.log.root, fullAddress());
}

/** Put a text on the clipboard, and say so on the button. */
function copy(event, text) {
  const pressed = event.currentTarget;
  const called = pressed.dataset.called ?? (pressed.dataset.called = pressed.textContent);
  pressed.dataset.copied = text;
  const done = () => {
    pressed.textContent = word("copied");
    setTimeout(() => (pressed.textContent = called), 1200);
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => prompt(called, text));
  else prompt(called, text);
}
