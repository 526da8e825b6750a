// The bars in the lanes, drawn again when something published changes them; the line over them, when any clock moves.

/** Draw what was held by whom, as published by the reported clock, in the lanes where that has changed. */
function drawBars() {
  for (const place of lanes.places) {
    const roles = ["control", "contested"].map((role) => pathNumber("facilities", place.slug, role));
    const now = (place.number ? [place.path] : roles).map((path) => turn(path, moment.reported)).join(" ");
    if (place.drawn === now) continue;
    place.drawn = now;
    drawLane(place);
  }
}
function drawLane(place) {
  const middle = place.y + lanes.bar / 2;
  const base = el("line", { class: "base", x1: 0, x2: lanes.width, y1: middle, y2: middle });
  for (const layer of Object.values(place.layers)) layer.replaceChildren();
  place.layers.bars.append(base);
  place.names = [];
  if (place.number) return drawCounts(place);
  const held = steps(controlOf(place.slug), moment.reported);
  held.forEach((_, i) => drawHold(place, held, i));
  drawContested(place);
}

/** A bar, if any of it is to be seen: [left, right]. */
function bar({ layers }, slug, from, to, top, height) {
  const [a, b] = [clampX(from, lanes.width), clampX(to, lanes.width)];
  if (b - a < 0.5) return null;
  layers.bars.append(
    el("rect", { class: `bar ${colourClass(slug)}`, x: a, width: b - a, y: top, height, rx: height > 9 ? 2 : 1 }),
  );
  return [a, b];
}

/** One hold: half as high where its beginning is uncertain, full from when it is certain. */
function drawHold(place, held, i) {
  const [from, value, position] = held[i];
  const who = holder(value);
  const { bar: height, width } = lanes;
  const before = i > 0 && holder(held[i - 1][1]) ? held[i - 1] : null;
  const begins = Math.max(earliest(position, from), before ? before[0] : PAST);
  const next = held[i + 1];
  const until = next ? Math.max(earliest(next[2], next[0]), from) : NEVER;
  const differ = position ? versionsOf(position, moment.reported).length : 0;
  if (who && from - begins > DAY + 2 * HOUR) {
    bar(place, who, begins, from, place.y + height / 2, height / 2);
    if (before) bar(place, holder(before[1]), begins, from, place.y, height / 2);
    if (x(begins, width) < 0 && x(from, width) > 8) place.layers.bars.append(openEnd(place.y, height));
  }
  const exact = from - begins <= DAY + 2 * HOUR;
  const drawn = who && bar(place, who, exact ? begins : from, until, place.y, height);
  const room = drawn ? drawn[1] - drawn[0] - (differ > 1 ? 16 : 8) : 0;
  if (room > short(who ?? "").length * 6.6) nameBar(place, who, drawn[0] + (differ > 1 && drawn[0] > 0 ? 12 : 6));
  if (differ > 1 && x(from, width) > 0 && x(from, width) < width) markBar(place, from, exact ? begins : from, differ);
}
const openEnd = (y, height) =>
  el("path", { class: "open", d: `M7,${y + height / 2 + 1} l-5,${height / 4 - 0.5} l5,${height / 4 - 0.5}z` });
function nameBar({ y, layers, names }, who, px) {
  const at = { x: px, y: y + lanes.bar - 4, direction: "ltr" };
  const text = el("text", { class: `held ${colourClass(who)}`, ...at }, short(who));
  layers.held.append(text);
  names.push([px, text, null]);
}
function markBar({ slug, y, layers }, from, begins, differ) {
  const path = controlOf(slug);
  const open = (event) => {
    event.stopPropagation();
    openClaims(path, from);
  };
  const keyed = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(event);
  };
  const mark = el(
    "g",
    {
      class: "mark",
      role: "button",
      tabindex: 0,
      "aria-label": `${name(slug)}: ${counted(differ, "claims")}`,
      onclick: open,
      onkeydown: keyed,
      transform: `translate(${x(begins, lanes.width) + 1},${y + lanes.bar / 2})`,
    },
    el("circle", { r: 12, class: "reach" }),
    el("circle", { r: 6.5 }),
    el("path", { d: DIFFER }),
  );
  layers.marks.append(mark);
}

/** Stripes where several fight for it, whoever is said to hold it. */
function drawContested({ slug, y, layers }) {
  const path = pathNumber("facilities", slug, "contested");
  steps(path, moment.reported).forEach(([from, value], i, all) => {
    if (!value) return;
    const [a, b] = [clampX(from, lanes.width), clampX(all[i + 1]?.[0] ?? NEVER, lanes.width)];
    layers.bars.append(el("rect", { class: "contested", x: a, width: b - a, y, height: lanes.bar }));
  });
}

/** Move the line, and pale what lies beyond either clock. */
function updateLanes() {
  drawBars();
  updateCounts();
  const { width } = lanes;
  const at = clampX(moment.at, width);
  const told = clampX(moment.reported, width);
  const known = Math.min(at, told);
  $("#veil").setAttribute("x", known);
  set($("#told-line"), { x1: moment.reported === NEVER ? -9 : told, x2: moment.reported === NEVER ? -9 : told });
  for (const named of lanes.places.flatMap(({ names }) => names)) {
    const after = named[0] > known;
    if (named[2] !== after) named[1].classList.toggle("after", (named[2] = after));
  }
  moveLine(at, x(moment.at, width) - at);
}
function moveLine(at, off) {
  const hair = $("#hair");
  const days = (m) => Math.round((Math.min(m, LAST_END) - FIRST_END) / DAY);
  set(hair, {
    transform: `translate(${at},0)`,
    "aria-valuemin": 0,
    "aria-valuemax": Math.max(days(LAST_END), 1),
    "aria-valuenow": Math.max(days(moment.at), 0),
    "aria-valuetext": moment.at === FREE ? word("at_all_times") : day(moment.at),
  });
  hair.classList.toggle("off", Math.abs(off) > 1);
  const said = moment.at === FREE ? "∞" : (off < -1 ? "‹ " : "") + day(moment.at, "short") + (off > 1 ? " ›" : "");
  const wide = said.length * 6.6 + 12;
  const shift = clamp(wide / 2 - at, 0, wide / 2) - clamp(wide / 2 - (lanes.width - at), 0, wide / 2);
  const text = $("text", hair);
  if (text.textContent !== said) text.textContent = said;
  text.setAttribute("x", shift);
  set($(".flag", hair), { x: shift - wide / 2, width: wide });
}
