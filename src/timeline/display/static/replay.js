// Any moment of a timeline, put together in the browser: shared by the page and the notebook widget.
// Every text is set as text; no markup is ever made of what a source wrote.

const EVERY = 200; // a whole state is kept for every so many moments, so that going back is cheap too
const MANY = 60; // rows of a table, and entries of a list, that are shown before it says how many are not

function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// The rows of every table after each moment, from the changes alone.
class States {
  constructor(frames) {
    this.frames = frames;
    this.kept = [];
  }

  at(index) {
    let from = Math.floor(index / EVERY);
    while (from > 0 && !this.kept[from]) from -= 1;
    let state = this.kept[from] ? new Map(this.kept[from]) : new Map();
    for (let moment = this.kept[from] ? from * EVERY + 1 : 0; moment <= index; moment += 1) {
      for (const [section, key, cells, behind] of this.frames.changes[moment]) {
        const name = section + "\n" + key;
        const before = state.get(name);
        state.set(name, { section, key, cells, behind, before, moment });
      }
      if (moment % EVERY === 0 && !this.kept[moment / EVERY]) this.kept[moment / EVERY] = new Map(state);
    }
    return state;
  }

  // Rows by table: those of lists as they came, others by what they are called, headcounts of authorities last.
  tables(index, compare) {
    const found = new Map(this.frames.sections.map(([name]) => [name, []]));
    for (const row of this.at(index).values()) if (row.cells) found.get(row.section).push(row);
    for (const [name, rows] of found) {
      if (name === "measures" || name === "incidents") continue;
      const order = (row) => (name === "custody" && row.key.startsWith("authority:") ? 1 : 0);
      rows.sort((a, b) => order(a) - order(b) || compare(a.key, b.key));
    }
    return found;
  }
}

// A details whose inside is made when it is first opened.
function folded(summary, make) {
  const made = element("details", {}, summary);
  made.fill = () => {
    if (made.children.length === 1) made.append(make());
  };
  made.addEventListener("toggle", made.fill, { once: true });
  return made;
}

class Replay {
  constructor(root, data, options = {}) {
    this.root = root;
    this.options = options;
    this.language = data.language || "en";
    this.filters = { facility: "", authority: "", kind: "" };
    this.shown = MANY;
    this.load(data);
  }

  load(data) {
    const moment = this.data && this.data.frames.moments[this.index];
    this.data = data;
    this.states = new States(data.frames);
    this.entries = new Map(data.entries.map((entry) => [entry.position, entry]));
    const last = data.frames.moments.length - 1;
    this.index = last;
    if (moment && moment[0] !== null) {
      const at = data.frames.moments.findIndex(([end]) => end === null || end > moment[0]);
      this.index = Math.max(at - 1, 0);
    }
    this.build();
  }

  word(key) {
    const words = this.data.words[this.language];
    return (words && words[key]) || key.replaceAll("_", " ");
  }

  name(slug) {
    const names = this.data.names[slug];
    return (names && (names[this.language] || names.en)) || slug;
  }

  cell(found) {
    if (Array.isArray(found)) return found.flatMap((part, n) => (n ? [" ", this.cell(part)] : [this.cell(part)]));
    if (typeof found === "number") return String(found);
    if (typeof found === "string") return element("bdi", { dir: "auto" }, found);
    if ("f" in found) return element("b", { class: "flag" }, this.word(found.f));
    if ("w" in found) return this.word(found.w);
    if ("n" in found) return element("bdi", { class: "name", title: found.n }, this.name(found.n));
    if ("d" in found) return element("bdi", { class: found.u ? "when fuzzy" : "when", dir: "ltr", title: found.s || null }, found.d);
    if ("q" in found) return element("bdi", { class: "quantity", dir: "ltr", title: found.s || null }, found.q);
    return element("span", { class: "field" }, element("i", {}, this.word(found.l)), " ", this.cell(found.v));
  }

  report(report) {
    const source = element("bdi", { dir: "auto" }, report.source);
    const linked = report.url ? element("a", { href: report.url, rel: "noopener noreferrer", target: "_blank" }, source) : source;
    return element("li", {}, linked,
      report.attributed_to ? [`, ${this.word("citing")} `, element("bdi", { dir: "auto" }, report.attributed_to)] : [],
      report.published ? [", ", this.cell(report.published)] : [],
      report.rating ? [`, ${this.word("rated")} `, element("bdi", {}, report.rating)] : [],
      report.quote ? [" ", element("q", { dir: "auto", lang: report.language || null }, report.quote)] : []);
  }

  entry(position) {
    const entry = this.entries.get(position);
    if (!entry) return null;
    const head = [element("bdi", { class: "position" }, `#${position}`), " ", this.cell(entry.occurred), " ", this.cell(entry.what)];
    if (!entry.reports.length) return element("li", {}, head);
    const count = `${this.word("sources")}: ${entry.reports.length}`;
    const told = () => element("ul", {}, entry.reports.map((report) => this.report(report)));
    return element("li", {}, folded(element("summary", {}, head, " ", element("small", {}, `(${count})`)), told));
  }

  // -- filters ------------------------------------------------------------------------------------

  keeps(entry) {
    const { facility, authority, kind } = this.filters;
    const tagged = (subject, slug) => !slug || entry.tags.includes(`${subject}:${slug}`);
    return tagged("facility", facility) && tagged("authority", authority) && (!kind || entry.type === kind);
  }

  keepsRow(row) {
    const wanted = [this.filters.facility, this.filters.authority].filter(Boolean);
    if (!wanted.length) return true;
    const named = JSON.stringify(row.cells);
    return wanted.every((slug) => named.includes(`{"n":${JSON.stringify(slug)}}`));
  }

  // -- building, once a language -------------------------------------------------------------------

  build() {
    this.collator = new Intl.Collator(this.language, { numeric: true });
    this.root.classList.add("timeline-replay");
    this.root.lang = this.language;
    this.root.dir = this.language === "ar" ? "rtl" : "ltr";
    this.parts = { state: element("div", { class: "state" }), changed: element("div"), entries: element("div"), findings: element("div") };
    const changed = element("section", { class: "just" }, element("h2", {}, this.word("just_changed")), this.parts.changed);
    const around = this.options.page ? [this.charts(), this.parts.entries] : [];
    const built = [...this.head(), this.clock(), this.choices(), changed, this.parts.state, this.parts.findings, ...around];
    this.root.replaceChildren(...built.filter(Boolean));
    this.show();
    if (this.options.page) this.list();
    if (this.options.languageChanged) this.options.languageChanged(this.language);
  }

  head() {
    if (!this.options.page) return [this.unknown()];
    const buttons = this.data.languages.map(([code, name]) => element("button", {
      type: "button", lang: code, "aria-pressed": String(code === this.language), onclick: () => this.speak(code) }, name));
    const title = this.data.titles[this.language] || this.data.titles.en;
    return [element("header", {}, element("h1", { dir: "auto" }, title), element("div", { class: "languages", role: "group", "aria-label": "Language / اللغة" }, buttons),
      element("p", { class: "dim" }, `${this.word("entries")}: ${this.data.entries.length} · ${this.word("counts,_never_persons")}`), this.unknown())];
  }

  // How many entries are of types that whoever made this did not know: they count for nothing.
  unknown() {
    const { unknown } = this.data.frames;
    return unknown ? element("p", { class: "unknown" }, element("b", { class: "flag" }, this.word("unknown_type")), ` ${this.word("entries")}: ${unknown}`) : null;
  }

  speak(language) {
    this.language = language;
    this.build();
    const pressed = this.root.querySelector(".languages [aria-pressed=true]");
    if (pressed) pressed.focus();
  }

  clock() {
    const { moments } = this.data.frames;
    this.slider = element("input", { type: "range", min: 0, max: moments.length - 1, value: this.index, step: 1, class: "occurred",
      "aria-label": this.word("occurred"), oninput: () => this.later(Number(this.slider.value)) });
    this.output = element("output", { "aria-live": "polite" });
    const step = (by) => () => this.go(this.index + by);
    const button = (name, sign, onclick) => element("button", { type: "button", "aria-label": this.word(name), title: this.word(name), onclick }, sign);
    this.player = button("play", "▶", () => this.play());
    return element("section", { class: "clock" },
      element("div", { class: "when-shown" }, this.output),
      element("div", { class: "slide" }, button("earlier", "‹", step(-1)), this.slider, button("later", "›", step(1)), this.player),
      this.reportedClock());
  }

  reportedClock() {
    const { published } = this.data;
    if (!published || !this.options.ask) return null;
    const at = this.data.reported === null ? published.length : published.findIndex(([end]) => end === this.data.reported);
    const output = element("output", { "aria-live": "polite" });
    const tell = (n) => output.replaceChildren(...(n < published.length ? [this.word("published_by"), " ", element("bdi", { dir: "ltr" }, published[n][1])] : [this.word("everything_published")]));
    const slider = element("input", { type: "range", min: 0, max: published.length, value: at, step: 1, class: "reported", "aria-label": this.word("reported"),
      oninput: () => tell(Number(slider.value)),
      onchange: () => this.options.ask(Number(slider.value) < published.length ? published[Number(slider.value)][0] : null) });
    tell(at);
    return element("div", { class: "second" }, element("div", { class: "when-shown" }, output), slider);
  }

  choices() {
    if (!this.options.page) return null;
    const named = (subject) => [...new Set(this.data.entries.flatMap((entry) => entry.tags).filter((tag) => tag.startsWith(`${subject}:`)).map((tag) => tag.slice(subject.length + 1)))];
    const sorted = (pairs) => pairs.sort((a, b) => a[1].localeCompare(b[1], this.language));
    const choice = (filter, pairs) => {
      const select = element("select", { name: filter, onchange: () => { this.filters[filter] = select.value; this.show(); this.list(); } },
        element("option", { value: "" }, this.word("all")), sorted(pairs).map(([value, text]) => element("option", { value, selected: this.filters[filter] === value }, text)));
      return element("label", {}, element("span", {}, this.word(filter)), " ", select);
    };
    const types = [...new Set(this.data.entries.map((entry) => entry.type))];
    return element("form", { class: "filters", "aria-label": this.word("filter"), onsubmit: (event) => event.preventDefault() },
      choice("facility", named("facility").map((slug) => [slug, this.name(slug)])),
      choice("authority", named("authority").map((slug) => [slug, this.name(slug)])),
      choice("kind", types.map((type) => [type, this.word(type)])));
  }

  charts() {
    const figures = this.data.charts[this.language] || this.data.charts.en || [];
    if (!figures.length) return null;
    return element("section", { class: "charts" }, element("h2", {}, this.word("charts")),
      figures.map(([caption, image]) => element("figure", { tabindex: 0 }, element("img", { src: image, alt: caption }))));
  }

  // -- moving --------------------------------------------------------------------------------------

  later(index) {
    this.wanted = index;
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.go(this.wanted); });
  }

  go(index) {
    const last = this.data.frames.moments.length - 1;
    this.index = Math.min(Math.max(index, 0), last);
    this.slider.value = this.index;
    this.show();
  }

  play() {
    const playing = Boolean(this.timer);
    clearInterval(this.timer);
    this.timer = playing ? 0 : setInterval(() => (this.index < this.data.frames.moments.length - 1 && this.root.isConnected ? this.go(this.index + 1) : this.play()), 700);
    if (this.timer && this.index === this.data.frames.moments.length - 1) this.go(0);
    this.player.textContent = this.timer ? "❚❚" : "▶";
    this.player.setAttribute("aria-label", this.word(this.timer ? "pause" : "play"));
  }

  // -- showing a moment ----------------------------------------------------------------------------

  show() {
    const { frames } = this.data;
    const [end, label] = frames.moments[this.index];
    const told = end === null ? [this.word("everything_known")] : [this.word("state_at"), " ", element("bdi", { dir: "ltr" }, label)];
    this.output.replaceChildren(...told);
    this.slider.setAttribute("aria-valuetext", this.output.textContent);
    this.parts.changed.replaceChildren(this.several(frames.steps[this.index]));
    this.parts.changed.parentElement.hidden = !frames.steps[this.index].length;
    const tables = [...this.states.tables(this.index, (a, b) => this.collator.compare(this.name(a), this.name(b)))].map(([name, rows]) => this.table(name, rows.filter((row) => this.keepsRow(row))));
    this.parts.state.replaceChildren(...tables.filter(Boolean), ...this.beside(end).filter(Boolean));
    const findings = frames.findings.filter(([moment]) => moment <= this.index);
    this.parts.findings.replaceChildren(...this.found(findings));
  }

  table(name, rows) {
    if (!rows.length) return null;
    const columns = this.data.frames.sections.find(([section]) => section === name)[1].filter((column) => rows.some((row) => column in row.cells));
    const from = name === "measures" || name === "incidents" ? Math.max(rows.length - MANY, 0) : 0;
    const shown = rows.slice(from, from + MANY);
    const numeric = new Set(columns.filter((column) => shown.every(({ cells }) => !(column in cells) || typeof cells[column] === "number" || (cells[column] && "q" in Object(cells[column])))));
    const head = element("tr", {}, columns.map((column) => element("th", { scope: "col", class: numeric.has(column) ? "number" : null }, this.word(column))));
    const body = shown.map((row) => {
      const now = row.moment === this.index;
      return element("tr", { class: now ? "changed" : null }, columns.map((column, n) => {
        const inner = column in row.cells ? this.cell(row.cells[column]) : "";
        return element("td", { class: numeric.has(column) ? "number" : null }, n === 0 ? this.opened(row, inner, now) : inner);
      }));
    });
    return element("section", { class: "block", "data-section": name, tabindex: 0, role: "region", "aria-label": this.word(name) },
      element("table", {}, element("caption", {}, this.word(name)), element("thead", {}, head), element("tbody", {}, body)), this.more(rows.length - shown.length));
  }

  several(positions) {
    return element("ul", { class: "entries" }, positions.slice(0, MANY).map((position) => this.entry(position)));
  }

  more(count) {
    return count > 0 ? element("p", { class: "dim" }, `+ ${count}`) : null;
  }

  opened(row, inner, now) {
    const mark = now ? element("span", { class: "mark", role: "img", "aria-label": this.word("changed_now"), title: this.word("changed_now") }, "●") : null;
    return folded(element("summary", {}, inner, mark), () => {
      const behind = new Set();
      for (let each = row; each; each = each.before) each.behind.forEach((position) => behind.add(position));
      return this.several([...behind]);
    });
  }

  beside(end) {
    const upTo = end === null ? Infinity : end;
    const { possible, plans } = this.data.frames;
    const may = possible.filter(([, start, until]) => (until === null ? Infinity : until) > upTo && (start === null ? -Infinity : start) < upTo);
    const planned = plans.filter(([, told, done]) => told <= upTo && (done === null || done > upTo));
    return [["plans", planned], ["possible", may]].map(([name, found]) => this.entriesOf(name, found.map(([position]) => position)));
  }

  entriesOf(name, positions) {
    const kept = positions.filter((position) => this.entries.has(position) && this.keeps(this.entries.get(position)));
    if (!kept.length) return null;
    const summary = element("summary", {}, element("h3", {}, `${this.word(name)} (${kept.length})`));
    return element("section", { class: "block", "data-section": name }, folded(summary, () => element("div", {}, this.several(kept), this.more(kept.length - MANY))));
  }

  found(findings) {
    if (!findings.length) return [];
    const item = ([moment, kind, message, positions]) => element("li", { class: moment === this.index ? "changed" : null },
      folded(element("summary", {}, this.cell(kind), " ", element("bdi", { dir: "auto" }, message)), () => this.several(positions)));
    const list = () => element("div", {}, element("ul", { class: "entries" }, findings.slice(-MANY).map(item)), this.more(findings.length - MANY));
    const told = folded(element("summary", {}, element("h2", {}, `${this.word("findings")} (${findings.length})`)), list);
    if (this.options.page) {
      told.fill();
      told.open = true;
    }
    return [element("section", { class: "block", "data-section": "findings" }, told)];
  }

  // -- the log -------------------------------------------------------------------------------------

  list(all = false) {
    const kept = this.data.entries.filter((entry) => this.keeps(entry)).reverse();
    const shown = all ? kept : kept.slice(0, MANY);
    const button = kept.length > shown.length ? element("button", { type: "button", class: "all", onclick: () => this.list(true) }, `${this.word("show_all")} (${kept.length})`) : null;
    this.parts.entries.replaceChildren(element("section", { class: "log", "data-section": "entries" }, element("h2", {}, this.word("entries")),
      element("p", { class: "dim", role: "status" }, `${shown.length} / ${kept.length} (${this.data.entries.length})`),
      element("ol", { class: "entries" }, shown.map((entry) => this.entry(entry.position))), button));
  }
}

export function page(root, data) {
  const title = (language) => {
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    document.title = data.titles[language] || data.titles.en;
  };
  const replay = new Replay(root, data, { page: true, languageChanged: title });
  window.addEventListener("beforeprint", () => {
    replay.list(true);
    for (const told of root.querySelectorAll(".log details")) {
      told.fill();
      told.open = true;
    }
  });
  return replay;
}

// The notebook widget: `log` never changes, `frames` come anew when another reported moment is asked for.
function render({ model, el }) {
  const log = JSON.parse(model.get("log"));
  const data = () => ({ ...log, frames: JSON.parse(model.get("frames")), reported: model.get("reported") });
  const ask = (reported) => {
    model.set("reported", reported);
    model.save_changes();
  };
  const replay = new Replay(el, data(), { ask });
  const load = () => replay.load(data());
  model.on("change:frames", load);
  return () => {
    model.off("change:frames", load);
    clearInterval(replay.timer);
  };
}

export default { render };
