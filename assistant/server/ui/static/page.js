// One listener for each piece of HTML that Python wrote: what has data-do either acts here or is told to Python.
// Python listens to: 'cite' 'close' 'rate' 'comment' 'retry' 'quotes' 'suggest' 'sample' 'documents' 'begin' 'open'
// 'forget' 'read' 'remove' 'export'
const here = {
  copy: async (button) => {
    const text = JSON.parse(button.dataset.text);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const told = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = told; }, 1600);
  },
  doubt: (button) => {
    const doubt = button.nextElementSibling;
    button.hidden = true;
    doubt.hidden = false;
    doubt.querySelector("button").focus();
  },
  keep: (button) => {
    const doubt = button.closest(".doubt");
    doubt.hidden = true;
    doubt.previousElementSibling.hidden = false;
    doubt.previousElementSibling.focus();
  },
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const { do: action, ...told } = button.dataset;
  if (here[action]) return here[action](button);
  if (action === "cite" || action === "read") {
    window.assistantOpener = button;
    document.querySelectorAll(".mark.shown").forEach((each) => each.classList.remove("shown"));
    button.classList.add("shown");
  }
  trigger(action, told);
  if (action === "close") {
    document.querySelectorAll(".mark.shown").forEach((each) => each.classList.remove("shown"));
    if (window.assistantOpener?.isConnected) window.assistantOpener.focus();
  }
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  trigger("comment", { turn: form.dataset.turn, comment: form.querySelector("input").value });
});

element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const close = document.querySelector(".pane [data-do=close]");
  if (close) { event.preventDefault(); close.click(); }
});

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

watch("value", () => {
  unfold();
  const pane = element.querySelector(".pane");
  if (pane) {
    const paper = pane.querySelector(".paper");
    const cited = pane.querySelector("mark");
    if (cited) paper.scrollTop += cited.getBoundingClientRect().top - paper.getBoundingClientRect().top - paper.clientHeight / 3;
    else paper.scrollTop = 0;
    pane.querySelector("h2").focus({ preventScroll: true });
  }
  const log = element.querySelector("[data-conversation]");
  if (log) {
    const name = log.dataset.conversation;
    const address = new URL(location.href);
    if (address.searchParams.get("c") !== name) {
      address.searchParams.set("c", name);
      history.replaceState(null, "", address);
    }
    const turns = log.querySelectorAll(".turn");
    const last = turns[turns.length - 1];
    if (turns.length > (element.assistantTurns ?? 0)) last?.scrollIntoView({ block: "start", behavior: calm });
    else if (element.assistantAsking && last.offsetHeight < innerHeight - 200) last.scrollIntoView({ block: "nearest", behavior: calm });
    element.assistantTurns = turns.length;
    element.assistantAsking = last?.classList.contains("asking");
  }
});

// Gradio's accordion doesn't say whether it is open.
function unfold() {
  const fold = document.querySelector("#choices > button");
  if (!fold || fold.hasAttribute("aria-expanded")) return;
  const tell = () => fold.setAttribute("aria-expanded", String(fold.nextElementSibling?.style.display !== "none"));
  new MutationObserver(tell).observe(fold.parentElement, { subtree: true, childList: true, attributeFilter: ["style"] });
  tell();
}
