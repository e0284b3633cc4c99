"use strict";
// What both pages do alike; stands before the page's own script, in one element with it.
const scrolling = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

function theme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
}

// Of several sheets the picked one is shown, after `changed` has been told which.
function picking(sheets, changed) {
  const pick = document.getElementById("pick");
  if (!pick) return;
  pick.addEventListener("change", () => {
    const chosen = sheets[Number(pick.value)];
    changed(chosen);
    for (const sheet of sheets) sheet.hidden = sheet !== chosen;
  });
}
