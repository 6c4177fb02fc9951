/* Small helps over pages that work without them. Words come from data attributes of the page, so they are translated
   there. One part per idea; each finds its elements by a data attribute. docs/ui.md lists them. */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;
  const fill = (text, values) => (text || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  // A number as Vietnamese people type it: 1.234,5 or 12,5 or 12.5; NaN when it is none.
  const parse = (text) => {
    let plain = text.replace(/\s/g, "");
    if (plain === "") return 0;
    if (/^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(plain) || plain.includes(",")) plain = plain.replace(/\./g, "").replace(",", ".");
    return Number(plain);
  };
  const show = (value) => {
    const [whole, rest] = String(Math.round(value * 1e6) / 1e6).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ".") + (rest ? `,${rest}` : "");
  };

  /* Saving as one types: data-autosave="URL" on a form */
  const autosave = (form) => {
    const status = document.querySelector("[data-autosave-status]");
    const text = status && status.querySelector("[data-autosave-text]");
    const extra = status && status.querySelector("[data-autosave-extra]");
    const key = `autosave:${body.dataset.person || ""}:${form.dataset.autosave}`;
    let timer = 0, running = false, again = false, stopped = false, wait = 4000;

    const say = (kind, values = {}, href = "") => {
      if (!status || !text) return;
      status.hidden = false;
      status.className = `saved is-${kind}`;
      const icon = status.querySelector("use");
      if (icon) icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, kind === "saved" ? "#done" : kind === "saving" ? "#wait" : "#late"));
      let words = fill(form.dataset[`text${kind[0].toUpperCase()}${kind.slice(1)}`], values);
      if (kind === "saved" && extra && extra.textContent) words += `, ${extra.textContent}`;
      if (values.sentence) words = `${words.replace(/\.?$/, ".")} ${values.sentence}`;
      text.replaceChildren(words);
      if (href) {
        const link = document.createElement("a");
        link.href = href;
        link.textContent = words;
        text.replaceChildren(link);
      }
    };
    const typed = () => all("input, textarea, select", form)
      .filter((e) => e.name && e.name !== "csrfmiddlewaretoken" && e.name !== "revision" && !["file", "password", "submit", "hidden"].includes(e.type) && (e.checked || !["checkbox", "radio"].includes(e.type)))
      .map((e) => [e.name, e.value]);
    const keep = (sent = false) => {
      const revision = (form.elements.revision || {}).value;
      try { localStorage.setItem(key, JSON.stringify({ pairs: typed(), revision, sent })); } catch { /* no room: nothing to do */ }
    };
    const forget = () => { try { localStorage.removeItem(key); } catch { /* storage shut */ } };
    const restore = () => {
      let kept;
      try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch { kept = null; }
      if (!kept) return false;
      // Sent, and the server counted on since: it arrived.
      if (kept.sent && kept.revision && form.elements.revision && kept.revision !== form.elements.revision.value) { forget(); return false; }
      const pairs = kept.pairs;
      const counts = {};
      let changed = false;
      all('input[type="checkbox"]', form).forEach((e) => {
        const on = pairs.some(([n, v]) => n === e.name && v === e.value);
        if (e.name && e.checked !== on) { e.checked = on; changed = true; }
      });
      for (const [name, value] of pairs) {
        const same = all("input, textarea, select", form).filter((e) => e.name === name && e.type !== "hidden");
        if (!same.length || same[0].type === "checkbox") continue;
        if (same[0].type === "radio") {
          const hit = same.find((e) => e.value === value);
          if (hit && !hit.checked) { hit.checked = true; changed = true; }
          continue;
        }
        const n = (counts[name] = (counts[name] ?? -1) + 1);
        if (same[n] && same[n].value !== value) {
          same[n].value = value;
          changed = true;
          same[n].dispatchEvent(new Event("input", { bubbles: true }));
        }
      }
      if (!changed) forget();
      // Saved elsewhere in the meantime: the old revision lets the server say so instead of losing the other text.
      else if (form.elements.revision && kept.revision) form.elements.revision.value = kept.revision;
      return changed;
    };
    const later = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };
    // The page that shows both texts gets the typed one; the browser keeps it too until the person has chosen there.
    const conflict = (address) => {
      say("conflict");
      if (!address || !text) return;
      const button = document.createElement("button");
      button.className = "btn btn-sm btn-quiet";
      button.type = "button";
      button.textContent = text.textContent;
      button.addEventListener("click", () => { keep(); form.action = address; form.submit(); });
      text.replaceChildren(button);
    };
    const signedOut = () => {
      keep();
      stopped = true;
      say("signin", {}, `${form.dataset.signinUrl || "/account/login/"}?next=${encodeURIComponent(location.pathname + location.search)}`);
    };
    async function save() {
      if (stopped) return;
      if (running) { again = true; return; }
      running = true;
      say("saving");
      try {
        const data = new FormData(form);
        for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body: data, credentials: "same-origin", redirect: "manual",
          headers: { Accept: "application/json", "X-Autosave": "1", "X-CSRFToken": (form.elements.csrfmiddlewaretoken || {}).value || "" },
        });
        const isJson = (answer.headers.get("Content-Type") || "").includes("json");
        const told = isJson ? await answer.json() : {};
        if (answer.ok && isJson) {
          if (form.elements.revision && told.revision !== undefined) form.elements.revision.value = told.revision;
          forget();
          wait = 4000;
          say("saved", { at: told.saved_at, sentence: told.sentence });
          form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: told }));
        } else if (answer.status === 409) {
          keep();
          stopped = true;
          conflict(told.conflict);
        } else if (answer.status === 422 || (answer.status === 403 && told.sentence)) {
          keep();
          say("refused", { sentence: told.sentence || "" });
        } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403 || (answer.ok && !isJson)) {
          signedOut();
        } else {
          throw new Error(String(answer.status));
        }
      } catch {
        keep();
        say("unsaved");
        later(wait);
        wait = Math.min(wait * 2, 60000);
      } finally {
        running = false;
        if (again) { again = false; later(300); }
      }
    }
    const early = () => all("input, textarea", form)
      .some((e) => e.name && ["text", "textarea"].includes(e.type) && e.value !== e.defaultValue);
    if (restore()) { say("restored"); later(1200); }
    else if (early()) later(1200); // somebody began to type before this script was here
    form.addEventListener("input", (event) => { if (event.target.type !== "file" && event.isTrusted) later(1200); });
    form.addEventListener("change", (event) => { if (event.target.type !== "file") later(1200); });
    form.addEventListener("rows", () => later(1200));
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { keep(true); clearTimeout(timer); stopped = true; } });
    window.addEventListener("online", () => { if (status && status.classList.contains("is-unsaved")) later(200); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  };

  // Text of a form that was sent is dropped once an ordinary page follows; error and sign-in pages leave it, and so does
  // the form itself, which compares.
  const tidy = (everything) => {
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("autosave:")).forEach((key) => {
        const here = all("form[data-autosave]").some((form) => key.endsWith(`:${form.dataset.autosave}`));
        if (everything || (!here && (JSON.parse(localStorage.getItem(key)) || {}).sent)) localStorage.removeItem(key);
      });
    } catch { /* storage shut */ }
  };
  if ("arrived" in body.dataset) tidy(false);
  // data-forget="autosave URL" on a form or a link: the person has chosen, the kept text has done its work.
  const chosen = (element) => { try { localStorage.removeItem(`autosave:${body.dataset.person || ""}:${element.dataset.forget}`); } catch { /* storage shut */ } };
  document.addEventListener("submit", (event) => { if (event.target.dataset.forget) chosen(event.target); });
  document.addEventListener("click", (event) => { const link = event.target.closest("a[data-forget]"); if (link) chosen(link); });
  document.addEventListener("submit", (event) => { if (/\/logout\/$/.test(event.target.action)) tidy(true); });

  /* Rows that come and go: data-repeat="prefix" around rows (data-row), a <template> and a data-add button */
  const repeat = (box) => {
    const prefix = box.dataset.repeat;
    const list = box.querySelector("[data-rows]") || box;
    const template = box.querySelector("template");
    const total = () => document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
    const rename = (row, n) => all("[name], [id], [for], [aria-describedby], [aria-labelledby], [data-n]", row).forEach((e) => {
      for (const a of ["name", "id", "for", "aria-describedby", "aria-labelledby"]) {
        const old = e.getAttribute(a);
        if (old) e.setAttribute(a, old.replaceAll(`${prefix}-__prefix__-`, `${prefix}-${n}-`).replace(new RegExp(`(^|[\\s_])${prefix}-\\d+-`, "g"), `$1${prefix}-${n}-`));
      }
      if (e.dataset.n !== undefined) e.textContent = String(n + 1);
    });
    const rows = () => all("[data-row]", list).filter((row) => row.closest("[data-repeat]") === box);
    const renumber = () => {
      rows().forEach(rename);
      if (total()) total().value = String(rows().length);
      const most = Number(box.dataset.max || 0);
      all("[data-add]", box).forEach((b) => { b.disabled = Boolean(most) && rows().length >= most; });
      box.dispatchEvent(new CustomEvent("rows", { bubbles: true }));
    };
    box.addEventListener("click", (event) => {
      const add = event.target.closest("[data-add]"), remove = event.target.closest("[data-remove]");
      if (add && template) {
        event.preventDefault();
        list.append(template.content.cloneNode(true));
        renumber();
        const row = rows().at(-1);
        start(row);
        const first = row.querySelector("input:not([type=hidden]), select, textarea");
        if (first) first.focus();
      } else if (remove) {
        event.preventDefault();
        const row = remove.closest("[data-row]");
        const gone = row.querySelector('[name$="-DELETE"]'), saved = row.querySelector('[name$="-id"]');
        if (gone && saved && saved.value) {
          if (gone.type === "checkbox") gone.checked = true; else gone.value = "on";
          row.hidden = true;
          box.dispatchEvent(new CustomEvent("rows", { bubbles: true }));
        } else {
          row.remove();
          renumber();
        }
        const back = box.querySelector("[data-add]");
        if (back) back.focus();
      }
    });
  };

  /* A running sum: data-sum="CSS selector" data-sum-target="100" data-text-ok / -less / -more with {sum} {rest} */
  const sum = (box) => {
    const scope = box.closest("form") || document;
    const target = box.dataset.sumTarget === undefined ? null : parse(box.dataset.sumTarget);
    const say = box.querySelector("[data-sum-text]") || box;
    const draw = () => {
      const fields = all(box.dataset.sum, scope).filter((e) => !e.closest("[hidden]"));
      const value = Math.round(fields.reduce((s, e) => s + (parse(e.value) || 0), 0) * 1e6) / 1e6;
      const kind = target === null || value === target ? "Ok" : value < target ? "Less" : "More";
      say.textContent = fill(box.dataset[`text${kind}`] || "{sum}", { sum: show(value), rest: show(Math.abs((target || 0) - value)) });
      box.classList.toggle("error", kind !== "Ok");
      box.classList.toggle("hint", kind === "Ok");
    };
    scope.addEventListener("input", (event) => { if (event.target.matches(box.dataset.sum)) draw(); });
    scope.addEventListener("rows", draw);
    draw();
  };

  /* Choosing and dropping files: data-drop around one file input */
  const drop = (zone) => {
    const input = zone.querySelector('input[type="file"]');
    if (!input) return;
    zone.classList.add("is-live");
    const list = zone.querySelector(".drop-list");
    const draw = () => {
      if (!list) return;
      list.replaceChildren(...[...input.files].map((file, n) => {
        const item = document.createElement("li");
        item.className = "file";
        const name = document.createElement("span");
        const size = file.size < 1048576 ? `${Math.max(1, Math.round(file.size / 1024))} KB` : `${show(Math.round(file.size / 104857.6) / 10)} MB`;
        name.textContent = `${file.name} (${size})`;
        const most = Number(zone.dataset.limit || 0);
        if (most && file.size > most) { name.className = "over"; name.textContent += `. ${zone.dataset.textLarge || ""}`; }
        const off = document.createElement("button");
        off.type = "button";
        off.className = "btn btn-sm btn-quiet";
        off.textContent = zone.dataset.textRemove || "×";
        off.setAttribute("aria-label", `${zone.dataset.textRemove || "×"} ${file.name}`);
        off.addEventListener("click", () => {
          const kept = new DataTransfer();
          [...input.files].forEach((f, m) => { if (m !== n) kept.items.add(f); });
          input.files = kept.files;
          draw();
          input.focus();
        });
        item.append(name, off);
        return item;
      }));
    };
    input.addEventListener("change", draw);
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); }));
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      const got = new DataTransfer();
      if (input.multiple) [...input.files].forEach((f) => got.items.add(f));
      [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((f) => got.items.add(f));
      input.files = got.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  /* Characters: data-count="250"; the sentence is beside the field, in the element that describes it */
  const count = (field) => {
    const ids = (field.getAttribute("aria-describedby") || "").split(" ");
    const say = ids.map((id) => id && document.getElementById(id)).filter(Boolean).map((e) => e.querySelector("[data-count-text]")).find(Boolean);
    if (!say) return;
    const max = Number(field.dataset.count);
    const draw = () => {
      const n = [...field.value].length;
      say.textContent = fill(say.dataset.countText, { n: show(n), max: show(max) });
      say.classList.toggle("over", n > max);
    };
    field.addEventListener("input", draw);
    draw();
  };

  /* A question that depends on an answer before it: data-show-if="question" data-show-value="answer" */
  const showIf = (box) => {
    const scope = box.closest("form") || document;
    const { showIf: name, showValue: wanted } = box.dataset;
    const before = document.getElementById(`q-${name}`);
    const draw = () => {
      const given = all(`[name="${CSS.escape(name)}"]`, scope)
        .some((e) => e.value === wanted && (e.checked || !["checkbox", "radio"].includes(e.type)));
      box.hidden = !given || Boolean(before && before.hidden);
    };
    scope.addEventListener("input", draw);
    scope.addEventListener("change", draw);
    draw();
  };

  /* Choosing rows: data-select-all="name" on a checkbox; data-bulk="name" on buttons, data-text-bulk with {n} */
  const selectAll = (master) => {
    const scope = master.closest("form") || document;
    const name = master.dataset.selectAll;
    const boxes = () => all(`input[type="checkbox"][name="${name}"]:not(:disabled)`, scope);
    const draw = () => {
      const n = boxes().filter((b) => b.checked).length;
      master.checked = n > 0 && n === boxes().length;
      master.indeterminate = n > 0 && n < boxes().length;
      all(`[data-bulk="${name}"]`).forEach((button) => {
        const label = button.querySelector("[data-bulk-text]") || button;
        label.textContent = n ? fill(button.dataset.textBulk, { n: show(n) }) : (button.dataset.textNone || fill(button.dataset.textBulk, { n: "0" }));
        button.disabled = n === 0;
      });
    };
    master.addEventListener("change", () => { boxes().forEach((b) => { b.checked = master.checked; }); draw(); });
    scope.addEventListener("change", (event) => { if (event.target.name === name) draw(); });
    draw();
  };

  /* A question before a step: data-confirm="sentence" on a submit button or a form */
  const ask = (sentence, heading, yes) => new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "dialog-heading");
    const form = document.createElement("form");
    form.method = "dialog";
    const h = document.createElement("h2");
    h.id = "dialog-heading";
    h.textContent = heading || sentence;
    form.append(h);
    if (heading) {
      const p = document.createElement("p");
      p.textContent = sentence;
      form.append(p);
    }
    const actions = document.createElement("div");
    actions.className = "actions";
    const button = (text, value, css) => {
      const b = document.createElement("button");
      b.className = `btn ${css}`;
      b.value = value;
      b.textContent = text;
      actions.append(b);
      return b;
    };
    button(body.dataset.textCancel, "", "btn-quiet").autofocus = true;
    button(yes || body.dataset.textConfirm, "yes", "btn-primary");
    form.append(actions);
    dialog.append(form);
    body.append(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    dialog.showModal();
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (form.method === "dialog") return;
    const source = button && button.dataset.confirm ? button : form.dataset.confirm ? form : null;
    if (source && !source.dataset.agreed && typeof HTMLDialogElement === "function") {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (await ask(source.dataset.confirm, source.dataset.confirmHeading, source.dataset.confirmYes || (button && button.textContent.trim()))) {
        source.dataset.agreed = "1";
        form.requestSubmit(button || undefined);
        delete source.dataset.agreed;
      }
    }
  }, true);
  // A form that was sent shows it and is not sent twice; after "back" it is open again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post") || form.hasAttribute("data-download")) return;
    if (form.classList.contains("is-sending")) { event.preventDefault(); return; }
    if (event.submitter) event.submitter.setAttribute("data-waiting", "");
    form.classList.add("is-sending");
  });
  window.addEventListener("pageshow", () => all("form.is-sending").forEach((form) => form.classList.remove("is-sending")));

  /* Keys: data-key="j" on a link; not while typing, and never with a modifier */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (link) { event.preventDefault(); link.click(); }
  });

  /* Menus close when one clicks elsewhere or presses Escape */
  document.addEventListener("click", (event) => all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    if (location.hash === "#menu") location.hash = "#main";
  });

  /* Filters: data-submit on a select sends its form at once, when chosen by mouse or touch */
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submit]") && event.target.dataset.byPointer) event.target.form.requestSubmit();
  });
  document.addEventListener("pointerdown", (event) => { if (event.target.matches("select[data-submit]")) event.target.dataset.byPointer = "1"; });
  document.addEventListener("keydown", (event) => { if (event.target.matches("select[data-submit]")) delete event.target.dataset.byPointer; });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  /* htmx: an answer that cannot be shown in place is said in words */
  const failed = () => {
    const box = document.getElementById("refusal");
    if (!box) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-late";
    const p = document.createElement("p");
    p.textContent = body.dataset.textFailed;
    notice.append(p);
    box.replaceChildren(notice);
  };
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => body.addEventListener(name, failed));

  const parts = { "form[data-autosave]": autosave, "[data-repeat]": repeat, "[data-sum]": sum, "[data-drop]": drop, "[data-count]": count, "[data-show-if]": showIf, "[data-select-all]": selectAll };
  const started = new WeakMap();
  function start(root) {
    for (const [selector, begin] of Object.entries(parts)) {
      for (const element of [...(root.matches && root.matches(selector) ? [root] : []), ...all(selector, root)]) {
        const done = started.get(element) || new Set();
        if (done.has(selector)) continue;
        started.set(element, done.add(selector));
        begin(element);
      }
    }
    // Faults are named by the page, in its language, not by the browser.
    all('form[method="post"]', root).forEach((form) => { form.noValidate = true; });
    all("[data-print]", root).forEach((e) => { e.hidden = false; });
    all("[data-needs-script]", root).forEach((e) => { e.hidden = false; });
  }
  // A key that does not answer is told beside its button; the library tells the console alone.
  document.addEventListener("allauth.error", (event) => {
    const trouble = document.querySelector("[data-key-trouble]"), button = document.querySelector("[id^=mfa_webauthn]");
    if (!trouble || !button) return;
    trouble.textContent = event.detail.exception.name === "SecurityError" ? trouble.dataset.noName : trouble.dataset.refused;
    trouble.hidden = false;
    button.closest("form").append(trouble);
    event.preventDefault();
  });
  body.addEventListener("htmx:load", (event) => start(event.detail.elt));
  start(document);
})();
