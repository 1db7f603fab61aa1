// Behaviour of the page: typing with completion, button presses, forms, table sorting and incoming messages.
"use strict";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const body = document.body;
const chat = body.dataset.chat;
const scroll = one(".scroll");
const list = one("#messages");
const dialog = one("#dialog");
const line = one("#line");
const newest = one("#newest");

// Requests

function problem(sentence) {
  one("#problem").textContent = sentence;
}

async function send(path, sent) {
  problem("");
  try {
    const answer = await fetch(`${path}?chat=${chat}`, { method: "POST", body: JSON.stringify(sent) });
    if (answer.ok) return await answer.json();
    problem(await answer.text());
  } catch {
    problem("This didn't reach the bot. Is the demo still running? Try again.");
  }
  return null;
}

async function ask(path, asked) {
  try {
    const answer = await fetch(`${path}?${new URLSearchParams({ chat, ...asked })}`);
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

// Messages

const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  newest.hidden = true;
}

const nameOf = (control) => control && `${control.dataset.id} ${control.dataset.option ?? ""} ${control.textContent}`;

function arrived(event) {
  const { id, html, says } = JSON.parse(event.data);
  const wasAtEnd = isAtEnd();
  const item = document.createRange().createContextualFragment(html).firstElementChild;
  const old = document.getElementById(`m-${id}`);
  if (old) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(item);
    if (focused) {
      const same = all("button, summary, a", item).find((each) => nameOf(each) === nameOf(focused));
      (same ?? one("button.control", item) ?? one("article", item)).focus({ preventScroll: true });
    }
  } else {
    list.append(item);
  }
  if (says) one("#status").textContent = says;
  if (wasAtEnd) toEnd();
  else if (!old) newest.hidden = false;
}

function listen() {
  const events = new EventSource(`/events?chat=${chat}&after=${body.dataset.change}`);
  const lost = one("#lost");
  events.onmessage = arrived;
  events.onopen = () => {
    lost.hidden = true;
  };
  events.onerror = () => {
    lost.hidden = false;
    if (events.readyState === EventSource.CLOSED) lost.textContent = "The demo has ended. Start it again: make demo";
  };
}

// Button presses

async function press(button) {
  const { id, value, option, title, text, yes, no } = button.dataset;
  if (title && !(await confirmed(title, text, yes, no))) return;
  const message = button.closest("[id^=m-]").id.slice(2);
  const menu = button.closest("details");
  if (menu) closeMenu(menu);
  const answer = await send("/press", { message, id, value, option });
  if (answer) opened(answer.form);
}

function opened(form) {
  if (form) {
    dialog.innerHTML = form;
    for (const field of all("[data-suggest]", dialog)) suggesting(field);
    dialog.showModal();
    one("input, textarea, select", dialog)?.focus();
  } else if (!list) {
    location.assign("/");
  }
}

function confirmed(title, text, yes, no) {
  const part = (tag, words, classes = "") => Object.assign(document.createElement(tag), { textContent: words, className: classes });
  const ends = part("div", "", "ends");
  const agree = part("button", yes, "control danger");
  const refuse = part("button", no, "control plain");
  const heading = Object.assign(part("h2", title), { id: "form-title" });
  ends.append(refuse, agree);
  dialog.replaceChildren(heading, part("p", text), ends);
  dialog.showModal();
  refuse.focus();
  return new Promise((resolve) => {
    agree.onclick = () => {
      resolve(true);
      dialog.close();
    };
    refuse.onclick = () => dialog.close();
    dialog.addEventListener("close", () => resolve(false), { once: true });
  });
}

function closeMenu(menu) {
  const had = menu.contains(document.activeElement);
  menu.open = false;
  if (had) one("summary", menu).focus();
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a, summary, dialog") ?? event.target;
  for (const menu of all("details[open]")) if (!menu.contains(event.target)) menu.open = false;
  const data = target.dataset ?? {};
  if ("press" in data) press(target);
  else if ("line" in data) typed(data.line);
  else if ("type" in data) fill(data.type);
  else if ("close" in data) dialog.close();
  else if ("turn" in data) turn(target.closest(".grid"), Number(data.turn));
  else if ("sort" in data) sort(target.closest("th"));
});

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".menu[open]")) return;
    const options = one("ul", event.target);
    options.classList.toggle("up", options.getBoundingClientRect().bottom > scroll.getBoundingClientRect().bottom);
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[open]");
  if (menu && event.key === "Escape") closeMenu(menu);
  if (menu && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    const options = all("li button", menu);
    const at = options.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    options[(at + options.length) % options.length].focus();
  }
});

// Tables

const number = (text) => {
  const found = text.replaceAll(",", "").replace("−", "-").match(/[+-]?\$?(\d+(?:\.\d+)?)([kM]?)/);
  const size = { k: 1e3, M: 1e6 }[found?.[2]] ?? 1;
  return found ? Number(found[1]) * size * (found[0].startsWith("-") ? -1 : 1) : null;
};

function showPage(grid, at) {
  const pages = one(".pages", grid);
  const size = Number(pages?.dataset.page ?? Infinity);
  const rows = all("tbody tr", grid);
  const last = Math.ceil(rows.length / size) - 1;
  const now = Math.min(Math.max(at, 0), last);
  for (const [place, row] of rows.entries()) row.hidden = Math.floor(place / size) !== now;
  grid.dataset.at = now;
  if (!pages) return;
  one("span", pages).textContent = `${now + 1} of ${last + 1}`;
  one("[data-turn='-1']", pages).disabled = now === 0;
  one("[data-turn='1']", pages).disabled = now === last;
}

function turn(grid, by) {
  showPage(grid, Number(grid.dataset.at ?? 0) + by);
}

function sort(head) {
  const grid = head.closest(".grid");
  const at = [...head.parentElement.children].indexOf(head);
  const isNumber = head.classList.contains("right");
  const order = head.ariaSort === "descending" || (!head.ariaSort && !isNumber) ? "ascending" : "descending";
  for (const each of head.parentElement.children) each.removeAttribute("aria-sort");
  head.ariaSort = order;
  const key = (row) => (isNumber ? number(row.children[at].textContent) ?? -Infinity : row.children[at].textContent);
  const compare = (a, b) => (isNumber ? key(a) - key(b) : key(a).localeCompare(key(b)));
  const rows = all("tbody tr", grid).sort(compare);
  one("tbody", grid).append(...(order === "ascending" ? rows : rows.reverse()));
  showPage(grid, 0);
}

// Completion, as a combobox

class Completion {
  constructor(input, options, find, choose) {
    Object.assign(this, { input, options, find, choose, found: [], at: -1 });
    input.addEventListener("input", () => this.later());
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    input.addEventListener("keydown", (event) => this.key(event));
    options.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("li");
      if (option) this.take(Number(option.dataset.at));
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 60);
  }

  async load() {
    const before = this.input.value;
    const found = await this.find(before);
    if (this.input.value === before && document.activeElement === this.input) this.show(found);
  }

  show(found) {
    this.found = found;
    this.at = -1;
    this.options.replaceChildren(
      ...found.map((each, at) => {
        const item = document.createElement("li");
        Object.assign(item, { id: `${this.options.id}-${at}`, role: "option", textContent: each.label });
        item.dataset.at = at;
        if (each.about) item.append(Object.assign(document.createElement("small"), { textContent: each.about }));
        return item;
      }),
    );
    this.options.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(Boolean(found.length)));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.show([]);
  }

  move(by) {
    const many = this.found.length;
    this.at = this.at < 0 && by < 0 ? many - 1 : (this.at + by + many) % many;
    for (const [at, item] of [...this.options.children].entries()) {
      item.ariaSelected = String(at === this.at);
      if (at === this.at) item.scrollIntoView({ block: "nearest" });
    }
    this.input.setAttribute("aria-activedescendant", `${this.options.id}-${this.at}`);
  }

  take(at) {
    const chosen = this.found[at];
    this.close();
    this.choose(chosen);
    this.input.focus();
  }

  key(event) {
    if (this.options.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && this.at >= 0)) {
      event.preventDefault();
      this.take(Math.max(this.at, 0));
    }
  }
}

function suggesting(field) {
  const options = Object.assign(document.createElement("ul"), { id: `${field.name}-options-${Math.random()}`, hidden: true, className: "options" });
  options.role = "listbox";
  field.after(options);
  field.role = "combobox";
  field.setAttribute("aria-controls", options.id);
  const form = field.closest("form").dataset.form;
  const find = (typed) => ask("/suggest", { form, field: field.dataset.suggest, typed });
  const completion = new Completion(field, options, find, (chosen) => {
    field.value = chosen.label;
    field.dataset.chosen = chosen.text;
    field.dataset.label = chosen.label;
  });
  field.addEventListener("focus", () => completion.later());
}

// A field's value: that of the chosen suggestion, unless its text was changed since.
const valueOf = (field) => (field.dataset.label && field.dataset.label === field.value ? field.dataset.chosen : field.value);

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const given = {};
  for (const field of all("input, textarea, select", form)) {
    if (field.type !== "checkbox" || field.checked) (given[field.name] ??= []).push(valueOf(field));
  }
  const answer = await send("/form", { form: form.dataset.form, given });
  if (!answer) return;
  const wrong = Object.entries(answer.wrong);
  for (const each of all(".wrong", form)) each.textContent = answer.wrong[each.id.slice(6)] ?? "";
  for (const field of all("[name]", form)) field.ariaInvalid = String(field.name in answer.wrong);
  if (wrong.length) one(`[name="${CSS.escape(wrong[0][0])}"]`, form).focus();
  else {
    dialog.close();
    if (!list) location.assign("/");
  }
});

// Typing

const history = [];
let back = 0;

function fill(text) {
  line.value = text;
  line.focus();
  line.dispatchEvent(new Event("input"));
}

async function typed(text) {
  if (!text.trim()) return;
  history.push(text);
  back = history.length;
  toEnd();
  const answer = await send("/line", { line: text });
  if (answer) opened(answer.form);
  else if (!line.value) line.value = text;
}

if (line) {
  const completion = new Completion(
    line,
    one("#completions"),
    async (before) => {
      const found = before.trim() ? await ask("/complete", { before }) : [];
      const isCommand = !/\S\s/.test(before);
      return found.map((each) => ({ ...each, label: isCommand ? `/${each.label}` : each.label, isCommand }));
    },
    (chosen) => {
      const kept = line.value.slice(0, line.value.length - chosen.replaces);
      fill(`${kept || (chosen.isCommand ? "/" : "")}${chosen.text.trimEnd()} `);
    },
  );
  one("#composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = line.value;
    line.value = "";
    completion.close();
    typed(text);
  });
  line.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !["ArrowUp", "ArrowDown"].includes(event.key) || !history.length) return;
    event.preventDefault();
    back = Math.min(Math.max(back + (event.key === "ArrowUp" ? -1 : 1), 0), history.length);
    line.value = history[back] ?? "";
  });
  newest.addEventListener("click", toEnd);
  scroll.addEventListener("scroll", () => {
    if (isAtEnd()) newest.hidden = true;
  });
  list.addEventListener("load", () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 500 && toEnd(), true);
  toEnd();
  line.focus();
  listen();
}

// Light and dark

one("#theme").addEventListener("click", () => {
  const isDark = getComputedStyle(body).colorScheme === "dark" || (!body.matches(".light") && matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = isDark ? "light" : "dark";
  body.classList.remove("light", "dark");
  body.classList.add(theme);
  document.cookie = `theme=${theme}; SameSite=Strict; Path=/; Max-Age=31536000`;
});
