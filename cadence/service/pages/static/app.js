"use strict";

// The zone of this browser goes along when somebody signs in.
for (const field of document.querySelectorAll("[data-browser-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

// A menu closes by Escape, and when the focus goes elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(":is(details.account, details.more)[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("focusin", (event) => {
  for (const open of document.querySelectorAll(":is(details.account, details.more)[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// Nothing answered: say so, rather than nothing.
document.addEventListener("htmx:sendError", () => {
  const notice = document.getElementById("notice");
  if (notice) {
    notice.innerHTML = '<div class="notice notice-bad"><p>The service does not answer. Nothing was changed; try again.</p></div>';
  }
});

// A task that was replaced takes the focus that its button had.
document.addEventListener("htmx:afterSettle", (event) => {
  const task = event.target.closest && event.target.closest(".task");
  if (task && document.activeElement === document.body) {
    task.querySelector("button, summary")?.focus({ preventScroll: true });
  }
});

// A file is read here and put into the field that its form sends.
for (const chooser of document.querySelectorAll("input[type=file][data-into]")) {
  chooser.addEventListener("change", async () => {
    const file = chooser.files[0];
    if (file) document.getElementById(chooser.dataset.into).value = await file.text();
  });
}

// The numbers beside a text scroll with it, and a finding leads to its line.
for (const text of document.querySelectorAll("textarea[data-scrolls]")) {
  const numbers = document.getElementById(text.dataset.scrolls);
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
  document.addEventListener("click", (event) => {
    const line = event.target.closest && event.target.closest("[data-line]");
    if (!line) return;
    const lines = text.value.split("\n");
    const from = lines.slice(0, line.dataset.line - 1).join("\n").length + (line.dataset.line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(from, from + (lines[line.dataset.line - 1] || "").length);
    text.scrollTop = (line.dataset.line - 5) * parseFloat(getComputedStyle(text).lineHeight);
  });
}

// A choice that opens something does so at once.
for (const choice of document.querySelectorAll("select[data-submits]")) {
  choice.addEventListener("change", () => choice.form.submit());
}

// Enter in a field of the preview draws; it presses no button.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches(".preview input")) event.preventDefault();
});
