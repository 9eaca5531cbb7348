"use strict";
// The table of a report: search, filters, groups, sorting, details. Data becomes text by textContent only, never markup.
(() => {
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  const rows = data.rows;
  const table = at("table");
  const ACTIONS = ["delete", "drift", "update", "adopt", "create"];
  const OUTCOMES = ["rejected", "unknown", "not attempted", "applied"];
  const MARKS = { applied: "✓", rejected: "✕", unknown: "?", "not attempted": "–" };
  // More rows than this are in the page only where they are seen.
  const WHOLE = 500;
  const SELECTS = ["outcome", "kind", "file", "owner", "stage", "group", "sort", "view"];
  const STATE = ["q", "action", "theme", "open", ...SELECTS];
  const state = {};

  const el = (tag, name, ...content) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...content.filter((part) => part !== undefined && part !== ""));
    return made;
  };

  // The address fragment is the state, so a view can be linked.
  const read = () => {
    const fragment = new URLSearchParams(location.hash.slice(1));
    for (const name of STATE) state[name] = fragment.get(name) || "";
  };
  const write = () => {
    const fragment = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value) fragment.set(name, value);
    const text = fragment.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  };

  const THEMES = ["system", "light", "dark"];
  const paint = () => {
    document.documentElement.dataset.theme = state.theme;
    at("theme").textContent = "Theme: " + (state.theme || THEMES[0]);
  };
  at("theme").onclick = () => {
    state.theme = THEMES[(THEMES.indexOf(state.theme || THEMES[0]) + 1) % THEMES.length];
    write();
    paint();
  };
  at("print").onclick = () => print();
  at("copy").onclick = () => navigator.clipboard.writeText(location.href).then(() => (at("copy").textContent = "Copied"));
  document.querySelector(".tools").hidden = false;
  read();
  paint();
  if (!table) return;

  const body = table.tBodies[0];
  const columns = [...table.tHead.rows[0].cells].map((cell) => cell.className);
  const kids = new Map();
  rows.forEach((row, index) => {
    row.index = index;
    row.worth = row.amount === undefined ? -Infinity : Number(row.amount.replace(/,/g, "").replace("−", "-"));
    if (row.parent !== undefined) kids.set(row.parent, [...(kids.get(row.parent) || []), index]);
  });
  const patterns = new Map();
  data.patterns.forEach((pattern) => {
    for (const index of pattern.rows) patterns.set(index, (patterns.get(index) || []).concat(pattern.text));
  });

  // Controls.
  const tally = (name) => {
    const counts = new Map();
    for (const row of rows) if (row[name]) counts.set(row[name], (counts.get(row[name]) || 0) + 1);
    return counts;
  };
  const option = (value, text) => new Option(text, value);
  const choices = (name, first, sorted) => {
    const counts = tally(name);
    const values = sorted ? sorted.filter((value) => counts.has(value)) : [...counts.keys()].sort();
    at(name).append(option("", first), ...values.map((value) => option(value, `${value} (${counts.get(value)})`)));
    at(name).parentElement.hidden = values.length < 2;
    return values.length > 0;
  };
  const hasOutcome = choices("outcome", "all", OUTCOMES);
  choices("kind", "all");
  if (kids.size) at("kind").append(option("each", "all, one by one"));
  choices("file", "all");
  const hasOwner = choices("owner", "all");
  const hasStage = choices("stage", "all");
  const hasAmount = tally("amount").size > 0;
  const usual = hasOutcome ? "outcome" : hasAmount ? "amount" : "plan";
  const offer = (id, plain, offered) => at(id).append(option("", plain), ...offered.filter((name) => name && name !== plain).map((name) => option(name, name)));
  offer("group", "none", [patterns.size && "pattern", hasOwner && "owner", hasStage && "stage", "file"]);
  offer("sort", usual, [hasOutcome && "outcome", hasAmount && "amount", "plan", "name", "file", "action"]);
  const actions = tally("action");
  for (const action of ACTIONS.filter((name) => actions.has(name))) {
    const box = Object.assign(el("input"), { type: "checkbox", value: action });
    at("action").append(el("label", "", box, `${data.words[action].join(" ")} (${actions.get(action)})`));
  }
  at("action").hidden = actions.size < 2;
  const boxes = [...at("action").querySelectorAll("input")];
  const show = () => {
    at("q").value = state.q;
    for (const name of SELECTS) {
      at(name).value = state[name];
      if (at(name).value !== state[name]) at(name).value = state[name] = "";
    }
    const chosen = state.action ? state.action.split(",") : boxes.map((box) => box.value);
    for (const box of boxes) box.checked = chosen.includes(box.value);
  };

  // What is shown, in which order.
  const words = (row) => (row.words ??= [
    row.name, row.key, row.kind, row.file, row.stage, row.owner, row.amount, row.notes, ...row.fields.flatMap(Object.values),
  ].join("\n").toLowerCase());
  const matching = () => {
    const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = state.action && new Set(state.action.split(","));
    const single = state.kind && state.kind !== "each" && state.kind;
    return rows.filter((row) =>
      (!chosen || chosen.has(row.action)) && (!single || row.kind === single)
      && ["outcome", "file", "owner", "stage"].every((name) => !state[name] || row[name] === state[name])
      && (row.parent === undefined || state.kind || terms.length > 0)
      && (!terms.length || terms.every((term) => words(row).includes(term))));
  };
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  const ORDERS = {
    outcome: (a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) || compare(b.worth, a.worth),
    amount: (a, b) => compare(b.worth, a.worth),
    plan: () => 0,
    name: (a, b) => compare(a.name || a.key, b.name || b.key),
    file: (a, b) => compare(a.file, b.file) || a.line - b.line,
    action: (a, b) => ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) || compare(b.worth, a.worth),
  };
  const groupsOf = (row) => {
    if (state.group === "pattern") return patterns.get(row.index) || [data.words[row.action][1]];
    return [row[state.group] || "(none)"];
  };
  let items = [];
  const collect = () => {
    const found = matching();
    const order = ORDERS[state.sort || usual] || ORDERS.plan;
    found.sort((a, b) => order(a, b) || a.index - b.index);
    items = found.map((row) => ({ row }));
    if (state.group) {
      const groups = new Map();
      for (const row of found) {
        for (const title of groupsOf(row)) {
          if (!groups.has(title)) groups.set(title, []);
          groups.get(title).push({ row });
        }
      }
      const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || compare(a[0], b[0]));
      items = sorted.flatMap(([title, members]) => [{ title, count: members.length }, ...members]);
    }
    let shown = found.length;
    if (!state.kind && !state.q) for (const row of found) shown += (kids.get(row.index) || []).length;
    at("count").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} changes shown`;
  };

  // Differences of texts: what both have in common, then what is only in one of them.
  const difference = (before, after) => {
    let start = 0;
    let end = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start++;
    while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
    const [a, b] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
    const parts = before.slice(0, start).map((text) => [" ", text]);
    const width = b.length + 1;
    if (a.length * b.length > 4e6) {
      for (const text of a) parts.push(["-", text]);
      for (const text of b) parts.push(["+", text]);
    } else {
      const common = new Uint32Array((a.length + 1) * width);
      for (let i = a.length - 1; i >= 0; i--) {
        for (let j = b.length - 1; j >= 0; j--) {
          common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
        }
      }
      let [i, j] = [0, 0];
      while (i < a.length || j < b.length) {
        if (i < a.length && j < b.length && a[i] === b[j]) {
          parts.push([" ", a[i++]]);
          j++;
        } else if (i < a.length && (j === b.length || common[(i + 1) * width + j] >= common[i * width + j + 1])) parts.push(["-", a[i++]]);
        else parts.push(["+", b[j++]]);
      }
    }
    return parts.concat(before.slice(before.length - end).map((text) => [" ", text]));
  };
  const marked = (before, after) => {
    const sides = [[], []];
    for (const [sign, text] of difference(before.split(/(\s+)/), after.split(/(\s+)/))) {
      if (sign !== "+") sides[0].push(sign === " " ? text : el("del", "", text));
      if (sign !== "-") sides[1].push(sign === " " ? text : el("ins", "", text));
    }
    return sides;
  };
  const compared = (before, after) => {
    const side = state.view !== "inline";
    const box = el("div", side ? "text side" : "text");
    const line = (sign, content) => el("div", { "-": "out", "+": "in" }[sign] || "", sign === "-" ? "− " : sign + " ", ...content);
    const parts = difference(before.split("\n"), after.split("\n"));
    for (let i = 0; i < parts.length;) {
      const take = (sign) => {
        const texts = [];
        while (i < parts.length && parts[i][0] === sign) texts.push(parts[i++][1]);
        return texts;
      };
      const alike = take(" ");
      const skipped = alike.length - 4;
      const kept = skipped > 1 ? [...alike.slice(0, 2), null, ...alike.slice(-2)] : alike;
      for (const text of kept) {
        if (text === null) box.append(el("div", "skip", `… ${skipped} lines alike`));
        else box.append(line(" ", [text]), ...(side ? [line(" ", [text])] : []));
      }
      const [out, into] = [take("-"), take("+")];
      const [olds, news] = [[], []];
      for (let n = 0; n < Math.max(out.length, into.length); n++) {
        const [old, now] = n < out.length && n < into.length ? marked(out[n], into[n]) : [[out[n]], [into[n]]];
        olds.push(n < out.length ? line("-", old) : el("div"));
        news.push(n < into.length ? line("+", now) : el("div"));
      }
      if (side) olds.forEach((old, n) => box.append(old, news[n]));
      else box.append(...olds.slice(0, out.length), ...news.slice(0, into.length));
    }
    return box;
  };

  const place = (row, file) => {
    const text = `${file}:${row.line}`;
    if (!row.href) return text;
    const link = el("a", "", text);
    link.href = data.base + row.href;
    link.rel = "noreferrer";
    return link;
  };
  const values = (field) => {
    const { before, after, note, long } = field;
    const shown = el("dd");
    if (before === undefined || after === undefined) {
      shown.append(before ?? after ?? "");
      shown.style.whiteSpace = "pre-wrap";
    } else if (long) shown.append(compared(before, after));
    else shown.append(el("del", "", before), " → ", el("ins", "", after));
    if (note) shown.append(" ", el("span", "note", note));
    return shown;
  };
  const details = (row) => {
    const cell = wide("td");
    const facts = el("p", "facts");
    const fact = (name, value) => value && facts.append(el("span", "", name + " ", el("b", "", value)));
    fact(row.kind, row.key);
    for (const name of ["stage", "amount", "owner", "closes"]) fact(name, row[name]);
    fact("at", place(row, row.file));
    cell.append(facts, ...(row.notes || []).map((note) => el("p", "", note)));
    const list = el("dl", "fields");
    for (const field of row.fields) list.append(el("dt", "", field.name), values(field));
    for (const kid of kids.get(row.index) || []) list.append(el("dt", "", rows[kid].kind), el("dd", "", rows[kid].key));
    if (list.children.length) cell.append(list);
    return el("tr", "detail", cell);
  };

  const open = new Set();
  const cells = {
    action: (row) => el("td", "action", data.words[row.action][0] + " ", el("i", "", data.words[row.action][1])),
    record: (row) => {
      const name = row.name ? el("span", "name", row.name) : el("span", "name", el("span", "kind", row.kind), " ", row.key);
      const more = [row.children && el("span", "with", "+ " + row.children), " ", row.name && el("span", "key", row.key)];
      const button = el("button", "toggle", el("span", "line", name, " ", ...more));
      button.type = "button";
      button.setAttribute("aria-expanded", open.has(row.index));
      button.onclick = () => toggle(row.index);
      const head = el("th", "record", button);
      head.scope = "row";
      return head;
    },
    change: (row) => el("td", "change", el("div", "clamp", row.summary)),
    outcome: (row) => el("td", "outcome", `${MARKS[row.outcome]} ${row.outcome}`),
    place: (row) => el("td", "place", place(row, row.file.split("/").pop())),
  };
  const make = (item, index) => {
    const line = el("tr");
    line.setAttribute("aria-rowindex", index + 2);
    if (item.row) {
      line.className = `row ${item.row.action} ${(item.row.outcome || "").replace(" ", "-")}`;
      line.append(...columns.map((name) => (cells[name] ? cells[name](item.row) : el("td", name, item.row[name] ?? ""))));
      return open.has(item.row.index) ? [line, details(item.row)] : [line];
    }
    const head = wide("th", "", item.title + " ", el("span", "faint", item.count.toLocaleString("en")));
    head.scope = "rowgroup";
    line.className = "group";
    line.append(head);
    return [line];
  };

  // Rows: all of them, or only those near the window between two blanks.
  const span = () => [...table.tHead.rows[0].cells].filter((cell) => cell.offsetWidth).length;
  const wide = (tag, name, ...content) => Object.assign(el(tag, name, ...content), { colSpan: span() });
  const blank = () => Object.assign(el("tr", "space", wide("td")), { ariaHidden: "true" });
  const [above, below] = [blank(), blank()];
  const heights = new Map();
  let live = new Map();
  let tops = [0];
  let tall = 34;
  const measure = () => {
    tall = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || tall;
    tops = [0];
    items.forEach(({ row }, index) => {
      const more = row && open.has(row.index) ? heights.get(row.index) || 160 : 0;
      tops.push(tops[index] + tall + more);
    });
  };
  const from = () => body.getBoundingClientRect().top + scrollY;
  const find = (y) => {
    let [low, high] = [0, items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tops[middle + 1] <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const render = () => {
    const whole = items.length <= WHOLE;
    const y = scrollY - from();
    const first = whole ? 0 : find(y - 600);
    const last = whole ? items.length : Math.min(items.length, Math.max(first + 40, find(y + innerHeight + 600) + 1));
    for (const [index, lines] of live) {
      if (index >= first && index < last) continue;
      for (const line of lines) line.remove();
      live.delete(index);
    }
    let next = above.nextSibling;
    for (let index = first; index < last; index++) {
      let lines = live.get(index);
      if (!lines) {
        lines = make(items[index], index);
        live.set(index, lines);
        for (const line of lines) body.insertBefore(line, next);
      }
      next = lines[lines.length - 1].nextSibling;
    }
    let grown = false;
    for (const [index, lines] of live) {
      if (lines.length < 2) continue;
      const height = lines[1].offsetHeight;
      const { row } = items[index];
      if (heights.get(row.index) !== height) grown = heights.set(row.index, height);
    }
    if (grown) measure();
    above.firstChild.style.height = `${tops[first]}px`;
    below.firstChild.style.height = `${tops[items.length] - tops[last]}px`;
  };
  const refresh = () => {
    collect();
    measure();
    live = new Map();
    heights.clear();
    table.setAttribute("aria-rowcount", items.length + 1);
    for (const edge of [above, below]) edge.firstChild.colSpan = span();
    body.replaceChildren(above, below);
    if (!items.length) below.before(el("tr", "", wide("td", "faint", "No change matches. Clear the filters to see all.")));
    render();
  };
  const toggle = (number) => {
    if (!open.delete(number)) open.add(number);
    state.open = open.has(number) ? String(number) : "";
    write();
    for (const [index, lines] of live) {
      const { row } = items[index];
      if (!row || row.index !== number) continue;
      lines[0].querySelector(".toggle").setAttribute("aria-expanded", open.has(number));
      if (lines.length > 1) lines.pop().remove();
      if (open.has(number)) lines[0].after(lines[lines.push(details(row)) - 1]);
    }
    measure();
    render();
  };
  const reveal = (index) => {
    const y = from() + tops[index];
    if (y < scrollY + 60) scrollTo(0, y - 90);
    else if (y + tall > scrollY + innerHeight - 40) scrollTo(0, y - innerHeight * 0.6);
    render();
    live.get(index)?.[0].querySelector(".toggle").focus({ preventScroll: true });
  };
  let current = -1;
  body.addEventListener("focusin", (event) => {
    for (const [index, lines] of live) if (lines.some((line) => line.contains(event.target))) current = index;
  });
  const step = (by) => {
    let index = current + by;
    while (items[index] && !items[index].row) index += by;
    if (items[index]) reveal(index);
  };

  const enter = () => {
    read();
    paint();
    const number = Number(state.open);
    const target = state.open === "" ? undefined : rows[number];
    if (target && target.parent !== undefined && !state.kind) state.kind = "each";
    show();
    open.clear();
    if (target) open.add(number);
    current = -1;
    refresh();
    if (location.hash.length > 1 && !/^#theme=\w*$/.test(location.hash)) at("changes").scrollIntoView();
    const index = items.findIndex(({ row }) => row && row === target);
    if (target && index >= 0) reveal(index);
  };
  const change = () => {
    state.q = at("q").value;
    for (const name of SELECTS) state[name] = at(name).value;
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    state.action = chosen.length === boxes.length || !chosen.length ? "" : chosen.join(",");
    current = -1;
    write();
    refresh();
  };
  let later;
  const form = at("controls");
  form.addEventListener("input", (event) => {
    clearTimeout(later);
    later = setTimeout(change, event.target.type === "search" ? 120 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const name of STATE) if (name !== "theme" && name !== "view") state[name] = "";
    open.clear();
    show();
    write();
    refresh();
  });
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("input, select, textarea")) return;
    if (key === "/") at("q").focus();
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else return;
    event.preventDefault();
  });
  addEventListener("scroll", render, { passive: true });
  let width = innerWidth;
  addEventListener("resize", () => (width === innerWidth ? render() : refresh((width = innerWidth))));
  addEventListener("hashchange", enter);
  form.hidden = false;
  form.nextElementSibling.hidden = false;
  table.classList.add("live");
  enter();
})();
