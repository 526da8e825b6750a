// Lanes: who held what, or else how many were counted where. The line in them is the slider of the occurred clock.

const LANE = 20;
const GROUP = 17;
const AXIS = 22;
const SPARK = 30;
const MOST_LANES = 60;
const MOST_GROUPS = 16;
const controlOf = (slug) => pathNumber("facilities", slug, "control");
const allLanes = D.paths
  .filter((path) => path[0] === "facilities" && path[2] === "control" && path.length === 3)
  .map((path) => path[1])
  .filter((slug) => strips(controlOf(slug)).some(([, , , value]) => holder(value)));
const hasNumbers = (n) => strips(n).some(([, , , value]) => value?.q);
const ACCOUNTS = new Set(["elsewhere", "in-transit", "at-large", "dead", "released"]);

/** The path of the number held in each place, or of the last count where that is never known. */
const heldPaths = [...new Set(D.paths.filter((p) => p[0] === "custody" && p.length === 3).map((p) => p[1]))]
  .filter((slug) => slug !== "counted" && !ACCOUNTS.has(slug))
  .flatMap((slug) => ["held", "counted"].map((what) => pathNumber("custody", slug, what)).filter(hasNumbers).slice(0, 1));

/** The paths of the headcounts of authorities, each of all or of a cohort. */
const headcounts = D.paths.flatMap((p, n) => (p[0] === "custody" && p[1] === "counted" && hasNumbers(n) ? [n] : []));
const countLanes = allLanes.length ? [] : [...heldPaths, ...headcounts];
const laneCount = allLanes.length || countLanes.length;
const lanesTitle = () => word(allLanes.length ? "lanes" : countLanes.length ? "lanes_counts" : "lanes_entries");
let lanes = {};
const colourClass = (slug) => (slug === "NOBODY" ? "nobody" : `b${D.bodies.indexOf(slug)}`);

/** The lanes that are shown: all, or as many as fit of those that the filters leave. */
function chosenLanes() {
  if (allLanes.length <= MOST_LANES) return allLanes;
  const often = (slug) => strips(controlOf(slug)).length;
  return allLanes
    .filter(shows)
    .sort((a, b) => often(b) - often(a))
    .slice(0, MOST_LANES);
}

/** Lanes by who held them first and last; those that changed first, fixed by all that is known. */
function laneGroups() {
  const found = new Map();
  for (const slug of chosenLanes()) {
    const held = steps(controlOf(slug), NEVER).filter(([, value]) => holder(value));
    if (!held.length) continue;
    const [first, last] = [holder(held[0][1]), holder(held.at(-1)[1])];
    const key = first === last ? last : `${first}>${last}`;
    if (!found.has(key)) found.set(key, { first, last, lanes: [] });
    found.get(key).lanes.push([first === last ? 0 : held.at(-1)[0], slug]);
  }
  const stayed = (group) => Number(group.first === group.last);
  const all = [...found.values()].sort((a, b) => stayed(a) - stayed(b) || b.lanes.length - a.lanes.length);
  for (const group of all) group.lanes.sort((a, b) => a[0] - b[0] || short(a[1]).localeCompare(short(b[1])));
  return all;
}
function groupTitle({ first, last }) {
  return capital(first === last ? name(last) : `${name(first)} ${isArabic() ? "←" : "→"} ${name(last)}`);
}

/** Draw the lanes, their labels and the axis. */
function drawLanes() {
  const host = $("#lanes");
  const full = host.clientWidth || 780;
  const narrow = full < 560;
  const label = narrow ? 0 : countLanes.length ? 280 : 176;
  const offset = (isArabic() && !narrow ? 0 : label) + 1;
  lanes = { full, narrow, label, offset, width: full - label - 2, bar: narrow ? 16 : 15, places: [] };
  const labels = el("g", {});
  const bottom = drawLabels(labels, countLanes.length ? [countGroup()] : laneGroups());
  lanes.height = bottom + SPARK + 4;
  const shift = `translate(${offset},0)`;
  const plot = el("g", { transform: shift }, lanePlot());
  const grid = el("g", { transform: shift }, laneGrid(bottom));
  const box = {
    width: full,
    height: lanes.height,
    viewBox: `0 0 ${full} ${lanes.height}`,
    role: "group",
    "aria-label": lanesTitle(),
  };
  const svg = el("svg", box, patterns(), grid, plot, labels);
  host.style.height = `${lanes.height}px`;
  host.replaceChildren(svg);
  for (const { text, number } of lanes.places) fit(text, (narrow ? full - 8 : label - 6) - (number ? 48 : 0));
  const at = (px) => pointed(clamp(px - offset, 0, lanes.width), lanes.width);
  draggable(svg, (px) => go({ at: at(px) }));
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.altKey) return;
      event.preventDefault();
      zoomBy(event.deltaY > 0 ? 1.15 : 0.87, clamp((event.offsetX - offset) / lanes.width, 0, 1));
    },
    { passive: false },
  );
  $("#legend").replaceChildren(...legend());
  $("#lanes-cut").textContent =
    lanes.places.length < laneCount
      ? fill(word("lanes_cut"), count(lanes.places.length), counted(laneCount, "places", true))
      : "";
}

/** Shorten a text that is drawn wider than its place. */
function fit(text, width) {
  const said = text.firstChild;
  for (let wide = Infinity; (wide = text.getComputedTextLength()) > width && said.length > 2; )
    said.data = cut(said.data, Math.min(Math.floor((said.length * width) / wide), said.length - 1));
}
function drawLabels(labels, groups) {
  const [lane, anchor] = [lanes.narrow ? 34 : LANE, isArabic() ? lanes.full - 2 : 2];
  let y = AXIS;
  for (const group of groups) {
    const titled = groups.length <= MOST_GROUPS && !group.counts;
    if (titled) {
      const title = cut(groupTitle(group), Math.floor(lanes.full / 9));
      labels.append(el("text", { class: "group", x: anchor, y: y + 12 }, title));
      y += GROUP;
    }
    for (const [, slug, path] of group.lanes) {
      const place = { x: anchor, y: y + (lanes.narrow ? 12 : 14) };
      const text = el("text", { class: "lane-label", ...place }, path === undefined ? short(slug) : countLabel(path));
      text.append(el("title", {}, name(slug)));
      const number = path === undefined ? null : countNumber(place.y);
      labels.append(text, number ?? "");
      const drawn = { drawn: "", names: [], layers: laneLayers(slug) };
      lanes.places.push({ slug, path, y: y + (lanes.narrow ? 16 : 2), text, number, ...drawn });
      y += lane;
    }
    if (titled) y += 4;
  }
  return y;
}

/** What is drawn for one place: bars below the veil, names above it, marks on top of all. */
function laneLayers(slug) {
  const layer = () => el("g", { "data-slug": slug, class: shows(slug) ? "" : "gone" });
  return { bars: layer(), held: layer(), marks: layer() };
}
function laneGrid(bottom) {
  const made = [];
  let clear = 0;
  for (const [at, text, major] of ticks(lanes.width)) {
    const px = x(at, lanes.width);
    made.push(el("line", { class: major ? "tick major" : "tick", x1: px, x2: px, y1: AXIS - 4, y2: bottom }));
    if (px > lanes.width - 24 || (!major && px < clear)) continue;
    const where = { x: px + (major ? 3 : 0), y: 12, direction: "ltr", "text-anchor": major ? "start" : "middle" };
    made.push(el("text", { class: major ? "axis major" : "axis", ...where }, text));
    if (major) clear = px + text.length * 6.6 + 16;
  }
  return made;
}
function lanePlot() {
  const { width, height } = lanes;
  const clip = el("clipPath", { id: "clip" }, el("rect", { x: 0, y: 0, width, height }));
  const veil = el("rect", { id: "veil", y: AXIS - 2, width, height: height - AXIS });
  const known = el("line", { id: "told-line", y1: AXIS - 2, y2: height });
  const layer = (id) => el("g", { id }, ...lanes.places.map(({ layers }) => layers[id]));
  const inside = [sparks(), layer("bars"), veil, known, layer("held")];
  return [
    clip,
    el("g", { "clip-path": "url(#clip)" }, inside),
    el("rect", { class: "hit", width, height }),
    layer("marks"),
    hairline(),
  ];
}

/** How many entries there are a day. */
function sparks() {
  const perDay = new Map();
  for (const entry of entries) {
    if (entry.pub === undefined || entry.end === undefined) continue;
    const end = endOfDay(entry.end);
    perDay.set(end, (perDay.get(end) ?? 0) + 1);
  }
  const most = Math.max(...perDay.values(), 1);
  const wide = Math.max((DAY / (domain[1] - domain[0])) * lanes.width - 0.5, 1);
  const made = el("g", { class: "spark" });
  for (const [end, many] of perDay) {
    const px = x(end - DAY, lanes.width);
    const height = (many / most) * SPARK;
    if (px >= -wide && px <= lanes.width)
      made.append(el("rect", { x: px, width: wide, y: lanes.height - 2 - height, height }));
  }
  return made;
}

/** The line of the occurred clock: a slider for keyboard and screen reader. */
function hairline() {
  const line = el(
    "g",
    {
      id: "hair",
      role: "slider",
      tabindex: 0,
      "aria-label": word("occurred_by"),
      "aria-describedby": "lanes-help",
      "aria-orientation": "horizontal",
    },
    el("line", { y1: 0, y2: lanes.height }),
    el("rect", { class: "flag", y: 0, height: 17, rx: 3 }),
    el("text", { y: 12.5, "text-anchor": "middle", direction: "ltr" }),
  );
  line.addEventListener("keydown", (event) => {
    const now = Math.min(moment.at, HORIZON === FREE ? LAST_END : Math.max(HORIZON, LAST_END));
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const jump = {
      PageDown: () => neighbour(occurredEnds, now, 1),
      PageUp: () => neighbour(occurredEnds, now, -1),
      Home: () => snapped(DENSE[0]),
      End: () => HORIZON,
    }[event.key];
    if (!occurredEnds.length || (!way && !jump)) return;
    event.preventDefault();
    go({ at: way ? stepped(now, way * (event.shiftKey ? 7 : 1)) : jump() });
  });
  return line;
}
function patterns() {
  const hatch = { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const stripes = {
    id: "stripes",
    width: 8,
    height: 8,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(-45)",
  };
  return el(
    "defs",
    {},
    el(
      "pattern",
      hatch,
      el("rect", { width: 5, height: 5, class: "hatch-ground" }),
      el("rect", { width: 1.4, height: 5, class: "hatch-line" }),
    ),
    el("pattern", stripes, el("rect", { width: 3, height: 8, class: "stripe-line" })),
  );
}
function legend() {
  const held = new Set(
    lanes.places.flatMap(({ slug }) => strips(controlOf(slug)).map(([, , , value]) => holder(value))),
  );
  const key = (mark, text) => el("span", {}, mark, text);
  const published = key(el("i", { class: "key told" }), word("reported_by"));
  if (!allLanes.length) return [published];
  const bodies = D.bodies
    .filter((slug) => held.has(slug))
    .map((slug) => key(el("i", { class: `key ${colourClass(slug)}` }), cut(name(slug), 40)));
  return [
    ...bodies,
    key(el("i", { class: "key nobody" }), word("nobody")),
    key(el("i", { class: "key half" }), word("legend_half")),
    key(differSign(), word("legend_disputed")),
    published,
  ];
}
