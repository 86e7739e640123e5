// The script of each piece of HTML that Python wrote (`element`). A button says with data-do which action it triggers:
// one of `localActions`, which happen in the browser alone, or an event that Python listens to. Gradio accepts only
// events whose names stand in quotes in this script: 'cite' 'close' 'rate' 'comment' 'retry' 'quotes' 'suggest'
// 'sample' 'documents' 'begin' 'open' 'forget' 'read' 'remove' 'export'
const localActions = {
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
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1600);
  },
  doubt: (button) => {
    const confirmation = button.nextElementSibling;
    button.hidden = true;
    confirmation.hidden = false;
    confirmation.querySelector("button").focus();
  },
  keep: (button) => {
    const confirmation = button.closest(".doubt");
    confirmation.hidden = true;
    confirmation.previousElementSibling.hidden = false;
    confirmation.previousElementSibling.focus();
  },
};

function unmarkOpenedSource() {
  document.querySelectorAll(".mark.shown").forEach((marker) => marker.classList.remove("shown"));
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const { do: action, ...data } = button.dataset;
  if (localActions[action]) return localActions[action](button);
  if (action === "cite" || action === "read") {
    window.assistantOpener = button;
    unmarkOpenedSource();
    button.classList.add("shown");
  }
  trigger(action, data);
  if (action === "close") {
    unmarkOpenedSource();
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

const scrollBehavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

watch("value", () => {
  describeAccordion();
  const pane = element.querySelector(".pane");
  if (pane) showCitedSentence(pane);
  const log = element.querySelector("[data-conversation]");
  if (log) {
    writeAddress(log.dataset.conversation);
    followConversation(log);
  }
});

function showCitedSentence(pane) {
  const paper = pane.querySelector(".paper");
  const cited = pane.querySelector("mark");
  if (cited) paper.scrollTop += cited.getBoundingClientRect().top - paper.getBoundingClientRect().top - paper.clientHeight / 3;
  else paper.scrollTop = 0;
  pane.querySelector("h2").focus({ preventScroll: true });
}

// The page's address names the conversation, so that a reload opens it again.
function writeAddress(conversation) {
  const address = new URL(location.href);
  if (address.searchParams.get("c") === conversation) return;
  address.searchParams.set("c", conversation);
  history.replaceState(null, "", address);
}

// Scrolls to a new turn, and keeps a short answer in view while it grows.
function followConversation(log) {
  const turns = log.querySelectorAll(".turn");
  const last = turns[turns.length - 1];
  if (turns.length > (element.assistantTurns ?? 0)) last?.scrollIntoView({ block: "start", behavior: scrollBehavior });
  else if (element.assistantAsking && last.offsetHeight < innerHeight - 200) last.scrollIntoView({ block: "nearest", behavior: scrollBehavior });
  element.assistantTurns = turns.length;
  element.assistantAsking = last?.classList.contains("asking");
}

// Gradio's accordion doesn't say whether it is open.
function describeAccordion() {
  const button = document.querySelector("#choices > button");
  if (!button || button.hasAttribute("aria-expanded")) return;
  const setExpanded = () => button.setAttribute("aria-expanded", String(button.nextElementSibling?.style.display !== "none"));
  new MutationObserver(setExpanded).observe(button.parentElement, { subtree: true, childList: true, attributeFilter: ["style"] });
  setExpanded();
}
