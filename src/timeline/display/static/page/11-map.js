// The map: dots in the colour of the holder, areas where a place is known to a district only, arcs for transfers.

const DOT = 5.2;
const FRESH = 8 * DAY;
let closer = false;
let map = null;
const isArea = (slug) => slug in D.map.areas;
const isDrawn = (slug) => isArea(slug) || ["exact", "vicinity", "town"].includes(D.map.places[slug][2]);

/** The projection of a box of degrees onto a width: true in its middle, as high as the whole map is. */
function projection(width) {
  const flat = (box) => Math.cos(((box[1] + box[3]) * Math.PI) / 360);
  const whole = D.map.box;
  const [west, south, east, north] = closer ? D.map.near : whole;
  const height = Math.round((width * (whole[3] - whole[1])) / ((whole[2] - whole[0]) * flat(whole)));
  const scale = Math.min(width / ((east - west) * flat([0, south, 0, north])), height / (north - south));
  const across = flat([0, south, 0, north]) * scale;
  return {
    width,
    height,
    km: scale / 111.2,
    x: (longitude) => (longitude - (west + east) / 2) * across + width / 2,
    y: (latitude) => ((south + north) / 2 - latitude) * scale + height / 2,
  };
}

/** Draw the land, the places and their names. */
function drawMap() {
  const host = $("#map");
  if (!host) return;
  const shown = projection(host.clientWidth || 400);
  const spots = spotsOf(shown);
  const marks = spots.map((spot) => ({ ...spot, mark: markOf(spot, shown), was: "" }));
  const box = { width: shown.width, height: shown.height, viewBox: `0 0 ${shown.width} ${shown.height}` };
  const arcs = el("g", {});
  const svg = el(
    "svg",
    { ...box, role: "img", "aria-label": word("map") },
    land(shown),
    marks.filter(({ slug }) => isArea(slug)).map(({ mark }) => mark),
    arcs,
    marks.filter(({ slug }) => !isArea(slug)).map(({ mark }) => mark),
    labelsOf(spots, shown),
  );
  const zoom = D.map.near && button(word(closer ? "wider" : "closer"), toggleMap, { class: "map-zoom" });
  const listed = D.map.unplaced.map(name).join(isArabic() ? "، " : ", ");
  host.replaceChildren(svg, zoom || "", listed ? el("p", { class: "hint" }, fill(word("not_on_map"), listed)) : "");
  map = { shown, spots: new Map(spots.map((spot) => [spot.slug, spot])), marks, arcs, drawn: "" };
}
function toggleMap() {
  closer = !closer;
  go({}, "map");
  requestAnimationFrame(() => $(".map-zoom")?.focus());
}

/** Where each place stands; dots on one spot are moved a little apart. */
function spotsOf(shown) {
  const found = [];
  for (const [slug, [latitude, longitude]] of Object.entries(D.map.places)) {
    if (!isDrawn(slug)) continue;
    const spot = { slug, x: shown.x(longitude), y: shown.y(latitude) };
    const covers = (other) => !isArea(other.slug) && Math.hypot(other.x - spot.x, other.y - spot.y) < 2 * DOT;
    for (let turn = 1; !isArea(slug) && turn < 30 && found.some(covers); turn += 1) {
      spot.x += (3 + turn / 2) * Math.cos(turn * 2.4);
      spot.y += (3 + turn / 2) * Math.sin(turn * 2.4);
    }
    found.push(spot);
  }
  return found;
}
function land(shown) {
  const point = ([longitude, latitude]) => `${shown.x(longitude).toFixed(1)},${shown.y(latitude).toFixed(1)}`;
  const ring = (points) => `M${points.map(point).join("L")}Z`;
  return el(
    "g",
    { class: "land" },
    D.map.countries.map(({ rings }) => el("path", { d: rings.map(ring).join("") })),
  );
}
const markOf = (spot, shown) => (isArea(spot.slug) ? areaMark(spot, shown) : dotMark(spot));
function dotMark({ slug, x: left, y: top }) {
  const half = el("path", { class: "half", d: `M0,${DOT}A${DOT},${DOT} 0 0 0 0,${-DOT}Z` });
  return el(
    "g",
    { "data-slug": slug, transform: `translate(${left},${top})` },
    el("title", {}),
    el("circle", { r: DOT, class: "spot" }),
    half,
    el("circle", { r: DOT + 2.4, class: "fought" }),
  );
}
function areaMark({ slug, x: cx, y: cy }, shown) {
  const r = Math.max(D.map.areas[slug] * shown.km, DOT);
  return el("g", { "data-slug": slug }, el("title", {}), el("circle", { class: "area", cx, cy, r }));
}

/** Names beside the places, those with more to tell first, where there is room. */
function labelsOf(spots, shown) {
  const taken = spots.filter(({ slug }) => !isArea(slug)).map(({ x: a, y: b }) => [a - 6, b - 6, a + 6, b + 6]);
  if (D.map.near) taken.push(isArabic() ? [0, 0, 70, 32] : [shown.width - 70, 0, shown.width, 32]); // the button
  const free = ([a, b, c, d]) =>
    a > 0 &&
    b > 0 &&
    c < shown.width &&
    d < shown.height &&
    taken.every(([e, f, g, h]) => c < e || a > g || d < f || b > h);
  const often = ({ slug }) => strips(controlOf(slug)).length;
  const sorted = [...spots].sort((a, b) => often(b) - often(a));
  const labels = sorted.map((spot) => labelOf(spot, cut(short(spot.slug), 28), free, taken));
  const countries = D.map.countries
    .filter(({ label, names }) => label && names[language])
    .map(({ label, names }) => {
      const [x, y] = [shown.x(label[0]), shown.y(label[1])];
      const text = { class: "country", x, y, "text-anchor": "middle" };
      return free([x - 28, y - 9, x + 28, y + 3]) && el("text", text, names[language]);
    });
  return el("g", { "aria-hidden": true }, labels, countries);
}
function labelOf({ slug, x: a, y: b }, text, free, taken) {
  const wide = text.length * 5.8;
  const places = [
    [8, 4, "start", 8, -6, 8 + wide, 6],
    [-8, 4, "end", -8 - wide, -6, -8, 6],
    [0, -9, "middle", -wide / 2, -18, wide / 2, -7],
    [0, 16, "middle", -wide / 2, 7, wide / 2, 18],
  ];
  const found = places.find(([, , , l, t, r, u]) => free([a + l, b + t, a + r, b + u]));
  if (!found) return null;
  const [dx, dy, anchor, l, t, r, u] = found;
  taken.push([a + l, b + t, a + r, b + u]);
  const place = { x: a + dx, y: b + dy, "text-anchor": anchor, direction: "ltr" };
  return el("text", { class: "place-label", "data-slug": slug, ...place }, text);
}

/** Who may hold a place already: the next holder, where the change may have happened by now. */
function comingTo(slug) {
  const next = steps(controlOf(slug), moment.reported).find(([from]) => from > moment.at);
  const who = next && holder(next[1]);
  return who && earliest(next[2], next[0]) < moment.at ? who : null;
}
function updateMap() {
  if (!map) return;
  for (const found of map.marks) {
    const who = holder(answer(controlOf(found.slug)));
    const next = comingTo(found.slug);
    const fought = answer(pathNumber("facilities", found.slug, "contested"));
    const signs = [
      who ? colourClass(who) : "not-known",
      next && "may-change",
      fought && "contest",
      !shows(found.slug) && "gone",
    ];
    const now = signs.filter(Boolean).join(" ");
    if (now === found.was) continue;
    found.was = now;
    found.mark.setAttribute("class", `place ${now}`);
    $("title", found.mark).textContent = `${name(found.slug)}: ${who ? name(who) : word("unknown")}`;
    const half = $(".half", found.mark);
    if (half) half.setAttribute("class", `half ${next ? colourClass(next) : ""}`);
  }
  updateArcs();
}

/** One arc for each pair of places, as wide as the people moved by now. */
function updateArcs() {
  const pairs = new Map();
  for (const [position, origin, destination, many] of D.map.flows) {
    const entry = byPosition.get(position);
    if (!entry || !kept.has(position) || !(entry.end <= moment.at) || !(entry.pub <= moment.reported)) continue;
    const pair = pairs.get(`${origin}>${destination}`) ?? { origin, destination, many: 0, last: PAST };
    pair.many += many ?? 0;
    pair.last = Math.max(pair.last, entry.end);
    pairs.set(`${origin}>${destination}`, pair);
  }
  const isFresh = ({ last }) => moment.at !== FREE && moment.at - last < FRESH;
  const found = [...pairs.values()].map((pair) => ({ ...pair, fresh: isFresh(pair) }));
  const drawn = JSON.stringify(found);
  if (drawn === map.drawn) return;
  map.drawn = drawn;
  map.arcs.replaceChildren(...found.flatMap(arc));
}
function arc({ origin, destination, many, fresh }) {
  const ends = [origin, destination].map((slug) => {
    const [latitude, longitude] = D.map.places[slug];
    return map.spots.get(slug) ?? { x: map.shown.x(longitude), y: map.shown.y(latitude) };
  });
  const [{ x: ax, y: ay }, { x: bx, y: by }] = ends;
  const [cx, cy] = [(ax + bx) / 2 + (by - ay) * 0.18, (ay + by) / 2 - (bx - ax) * 0.18];
  const long = Math.max(Math.hypot(bx - cx, by - cy), 0.1);
  const [ux, uy] = [(bx - cx) / long, (by - cy) / long];
  const vague = [origin, destination].some((slug) => isArea(slug) || !isDrawn(slug));
  const kind = `arc${fresh ? " fresh" : ""}${vague ? " vague" : ""}`;
  const said = `${short(origin)} ${isArabic() ? "←" : "→"} ${short(destination)}: ${many ? count(many) : "?"}`;
  const path = { d: `M${ax},${ay}Q${cx},${cy} ${bx},${by}`, "stroke-width": (1.2 + Math.sqrt(many) / 25).toFixed(1) };
  const [tx, ty] = [bx - 8 * ux, by - 8 * uy];
  const head = `M${bx},${by}L${tx - 4 * uy},${ty + 4 * ux}L${tx + 4 * uy},${ty - 4 * ux}Z`;
  return [el("path", { class: kind, ...path }, el("title", {}, said)), el("path", { class: `${kind} head`, d: head })];
}
