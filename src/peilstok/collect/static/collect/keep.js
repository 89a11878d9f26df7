// Keeps a page of a board's link while it is being typed, and on this device as long as there is no connection.
// Without this script the page works all the same: by its button.
"use strict";
(() => {
  const form = document.querySelector("form[data-keep]"), said = form?.querySelector(".kept");
  if (!form || !said) return;
  const place = "peilstok " + form.dataset.keep;
  const fields = () => new URLSearchParams(new FormData(form)).toString();
  let kept = fields(), timer = 0, tries = 0, ended = false, sending = false, warned = false;
  let out = false; // the login of an officer has ended: what is typed stays here until the page is loaded anew

  const stored = (text) => {
    try { // a browser may refuse to store anything
      if (text === undefined) return localStorage.getItem(place);
      if (text) localStorage.setItem(place, text); else localStorage.removeItem(place);
    } catch { /* then only the server keeps it */ }
  };
  const say = (what) => { said.dataset.now = what; said.textContent = said.dataset[what]; };
  const later = (seconds) => { clearTimeout(timer); timer = setTimeout(keep, 1000 * seconds); };

  async function keep() {
    clearTimeout(timer);
    const now = fields();
    if (ended || sending || now === kept) return;
    sending = true;
    try {
      const type = { "Content-Type": "application/x-www-form-urlencoded" };
      const how = { method: "POST", body: now, headers: type, keepalive: true, redirect: "manual" };
      const answer = await fetch(form.dataset.keep, how);
      if (answer.status >= 500) throw new Error(String(answer.status));
      out = answer.type === "opaqueredirect" || answer.status === 403;
      ended = !answer.ok && !out;
      say(answer.ok ? "kept" : out ? "out" : answer.status === 409 ? "elsewhere" : "closed");
      if (answer.ok) { kept = now; tries = 0; }
      stored(out ? now : "");
    } catch {
      stored(now);
      say("waiting");
      later(Math.min(60, 2 ** ++tries));
    }
    sending = false;
    if (!ended && !out && !tries && fields() !== kept) later(1);
  }

  // What was typed here and never reached the server, as a version of the page as it was then: so that it is told when
  // another device has saved it since.
  function restore() {
    const before = new URLSearchParams(stored() || "");
    if (![...before].length) return;
    for (const field of form.elements) {
      if (!field.name || field.name === "csrfmiddlewaretoken") continue; // that of another login would not do
      const values = before.getAll(field.name);
      if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    if (fields() === kept) stored(""); // it had reached the server after all
    else keep();
  }

  form.addEventListener("input", () => later(1));
  form.addEventListener("change", () => later(0));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    stored(navigator.onLine && !out ? "" : fields());
    if (navigator.onLine || warned) { ended = true; return; }
    event.preventDefault(); // the browser's own page about it would hide what was typed; who insists, gets through
    warned = true;
    say("waiting");
  });
  addEventListener("online", () => later(0));
  addEventListener("pageshow", (event) => { if (event.persisted) ended = false; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  restore();
})();
