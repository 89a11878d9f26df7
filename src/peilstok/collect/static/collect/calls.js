// On the list of boards to call: one key notes what came of a call, as long as the focus is in the row of a board.
// Without this script the buttons do the same.
"use strict";
(() => {
  const rows = [...document.querySelectorAll(".calls__row")];
  const here = document.getElementById(location.hash.slice(1));
  (rows.includes(here) ? here : rows[0])?.focus({ preventScroll: !rows.includes(here) });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest(".calls__row");
    if (event.repeat) return; // held down, it would press the button of one board after another
    if (!row || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input")) return;
    const button = [...row.querySelectorAll("button[data-key]")].find((each) => each.dataset.key === event.key);
    if (!button) return;
    event.preventDefault();
    const moment = button.closest(".calls__back")?.querySelector("input");
    if (moment && !moment.value) moment.focus(); // first say when
    else button.click();
  });
})();
