(() => {
  const status = document.getElementById("status");
  const hint = status.textContent;
  const sheets = [...document.querySelectorAll("main.sheet")];
  const known = new Map();
  let sheet = sheets[0];
  let kept = null;

  // Key to elements, and key to words for the line at the foot; made when a document is first shown.
  function index() {
    if (!known.has(sheet)) {
      const elements = new Map();
      for (const element of sheet.querySelectorAll("[data-k]")) {
        for (const key of element.dataset.k.split(" ")) {
          if (!elements.has(key)) elements.set(key, []);
          elements.get(key).push(element);
        }
      }
      const labels = JSON.parse(sheet.querySelector(".labels").textContent);
      known.set(sheet, { elements, labels });
    }
    return known.get(sheet);
  }

  // What an element in the text lies in is written around it, on the page it is in its own list.
  function keysOf(element) {
    const keys = [];
    for (let at = element; at && at !== sheet; at = at.parentElement) {
      if (at.dataset && at.dataset.k) keys.push(...at.dataset.k.split(" "));
    }
    return [...new Set(keys)];
  }

  // Letters of keys: fields and statements, words and lines, cells and tables are the thing; regions and sections surround it.
  const thing = (key) => "ftwlc".includes(key[0]);

  function light(element) {
    dark();
    const keys = keysOf(element);
    const { elements, labels } = index();
    const near = keys.filter(thing);
    const strong = near.length ? near : keys.slice(0, 1);
    for (const key of keys) {
      const name = strong.includes(key) ? "lit" : "near";
      for (const other of elements.get(key) || []) {
        // A word on the page names the field that it belongs to, but the field has a box of its own there.
        const own = other.dataset.k.split(" ")[0] === key;
        if (own || name === "lit" && thing(key) && !other.closest(".pages")) other.classList.add(name);
      }
    }
    const word = sheet.querySelector(".written .word.lit");
    const said = keys.map((key) => labels[key]).filter(Boolean);
    if (word && near.some((key) => "wl".includes(key[0]))) {
      said.unshift(`“${textOf(near)}” ${word.dataset.c}`);
    }
    status.textContent = said.join("   ▸   ") || hint;
  }

  function textOf(keys) {
    const word = keys.find((key) => "wl".includes(key[0]));
    return (index().elements.get(word) || []).filter((e) => e.closest(".written")).map((e) => e.textContent).join("");
  }

  function dark() {
    for (const element of sheet.querySelectorAll(".lit, .near")) element.classList.remove("lit", "near");
    status.textContent = hint;
  }

  function keep(element) {
    kept = element;
    light(element);
    const key = keysOf(element)[0];
      for (const place of [".pages", ".text", ".facts-pane"]) {
      const pane = sheet.querySelector(place);
      if (!pane || pane.contains(element)) continue;
      const target = (index().elements.get(key) || []).find((e) => pane.contains(e));
      if (target) target.scrollIntoView({ block: "center", behavior: scrolling });
    }
  }

  function letGo() {
    kept = null;
    dark();
  }

  function toggle(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    showLayers();
  }

  function showLayers() {
    const on = [...sheet.querySelectorAll('.layer[aria-pressed="true"]')].map((button) => button.dataset.layer);
    sheet.dataset.layers = on.join(" ");
  }

  let scale = 1;
  function zoom(step) {
    scale = Math.min(4, Math.max(0.5, scale * (step > 0 ? 1.25 : 0.8)));
    for (const page of sheet.querySelectorAll(".page")) page.style.width = `${scale * 100}%`;
  }

  function turn(step) {
    const pages = [...sheet.querySelectorAll(".page")];
    if (!pages.length) return;
    const top = pages[0].parentElement.getBoundingClientRect().top;
    const at = pages.findIndex((page) => page.getBoundingClientRect().bottom > top + 40);
    pages[Math.min(pages.length - 1, Math.max(0, at + step))].scrollIntoView({ block: "start" });
  }

  const help = document.getElementById("help");
  const keyed = (event) => event.target.closest && event.target.closest("main [data-k]");

  document.addEventListener("pointerover", (event) => {
    const element = keyed(event);
    if (element) light(element);
    else if (kept) light(kept);
    else dark();
  });
  document.addEventListener("focusin", (event) => {
    const element = keyed(event);
    if (element && event.target.matches(":focus-visible")) keep(element);
  });
  document.addEventListener("click", (event) => {
    const layer = event.target.closest(".layer");
    const zoomer = event.target.closest("[data-zoom]");
    const element = keyed(event);
    if (layer) toggle(layer);
    else if (zoomer) zoom(Number(zoomer.dataset.zoom));
    else if (element) keep(element);
    else if (event.target.closest("#theme")) theme();
    else if (event.target.closest("#help-open")) help.showModal();
    else if (event.target.closest("main")) letGo();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input") || help.open) return;
    const layer = sheet.querySelector(`.layer[data-key="${CSS.escape(event.key)}"]`);
    const steps = { "[": () => turn(-1), "]": () => turn(1), "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1),
      t: theme, "?": () => help.showModal(), Escape: letGo };
    if (layer) toggle(layer);
    else if (steps[event.key]) steps[event.key]();
    else return;
    event.preventDefault();
  });
  picking(sheets, (chosen) => {
    letGo();
    sheet = chosen;
  });
})();
