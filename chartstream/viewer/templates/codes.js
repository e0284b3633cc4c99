(() => {
  const sheets = [...document.querySelectorAll("main.sheet")];
  let sheet = sheets[0];
  let kept = null;

  const keysOf = (element) => element.dataset.k.split(" ");

  // A code lights all its evidence, a quote its own place, a place in the text every code that rests on it.
  function light(element) {
    dark();
    const keys = new Set(keysOf(element));
    for (const other of sheet.querySelectorAll("[data-k]")) {
      const theirs = keysOf(other);
      const shared = theirs.some((key) => keys.has(key));
      const quoteOfCode = other.closest(".quotes") && element.classList.contains("code") && element.contains(other);
      if (shared || quoteOfCode) other.classList.add("lit");
    }
  }

  function dark() {
    for (const element of sheet.querySelectorAll(".lit")) element.classList.remove("lit");
  }

  function keep(element) {
    kept = element;
    light(element);
    const away = element.closest(".text") ? ".facts-pane" : ".text";
    const target = sheet.querySelector(`${away} .lit`);
    if (!target) return;
    const folded = target.closest("details:not([open])");
    if (folded) folded.open = true;
    target.scrollIntoView({ block: "center", behavior: scrolling });
  }

  function letGo() {
    kept = null;
    dark();
  }

  function walk(step) {
    const codes = [...sheet.querySelectorAll("article.code")].filter((code) => code.checkVisibility());
    if (!codes.length) return;
    const at = codes.indexOf(document.activeElement.closest("article.code"));
    const next = codes[Math.min(codes.length - 1, Math.max(0, at + step))];
    next.focus();
    keep(next);
  }

  function showRejected() {
    const button = document.getElementById("rejected");
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    document.documentElement.toggleAttribute("data-rejected", on);
    for (const card of document.querySelectorAll(".turned-down")) card.open = on;
  }

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
    const element = keyed(event);
    if (event.target.closest("summary")) return;
    if (element) keep(element);
    else if (event.target.closest("#rejected")) showRejected();
    else if (event.target.closest("#theme")) theme();
    else if (event.target.closest("main")) letGo();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
    const steps = { j: () => walk(1), k: () => walk(-1), r: showRejected, t: theme, Escape: letGo };
    if (!steps[event.key]) return;
    steps[event.key]();
    event.preventDefault();
  });
  picking(sheets, (chosen) => {
    letGo();
    sheet = chosen;
  });
})();
