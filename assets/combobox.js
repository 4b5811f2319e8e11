// Type-ahead, after the ARIA "combobox with a list" pattern: the focus never leaves the field.
// The server renders the options (`<li role="option" data-value="7">…</li>`); this asks for them and moves among them.
// Without JavaScript the field is plain text named `<name>_text`, and the server finds the customer by it.
export function combobox() {
  return {
    init() {
      const field = this.$el.querySelector("[role=combobox]");
      const list = this.$el.querySelector("[role=listbox]");
      const answer = this.$el.querySelector("[data-combobox-value]");
      const status = this.$el.querySelector("[role=status]");
      const { src, textNone } = this.$el.dataset;
      let timer;
      let asked = 0; // answers may overtake each other; only the last question counts
      let current = null;
      let chosen = field.value;

      const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled=true])")];

      const close = () => {
        list.hidden = true;
        field.setAttribute("aria-expanded", "false");
        point(null);
      };

      const point = (option) => {
        current?.setAttribute("aria-selected", "false");
        current = option;
        if (!option) return field.removeAttribute("aria-activedescendant");
        option.setAttribute("aria-selected", "true");
        field.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      };

      const choose = (option) => {
        if (option.dataset.url) return window.location.assign(option.dataset.url);
        chosen = field.value = option.dataset.text ?? option.textContent.trim();
        if (answer) answer.value = option.dataset.value;
        close();
        field.dispatchEvent(new Event("input", { bubbles: true })); // so that a draft keeps the choice too
        this.$el.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: { value: option.dataset.value } }));
      };

      const show = (html) => {
        list.innerHTML = html;
        options().forEach((option, place) => {
          option.id = `${field.id}-${place}`;
          option.setAttribute("aria-selected", "false");
        });
        const some = options().length > 0;
        status.textContent = some ? "" : textNone;
        list.hidden = !some;
        field.setAttribute("aria-expanded", String(some));
        current = null;
        field.removeAttribute("aria-activedescendant");
      };

      const ask = async () => {
        const mine = ++asked;
        const words = field.value.trim();
        if (!words) {
          status.textContent = "";
          return close();
        }
        const url = new URL(src, window.location.href);
        url.searchParams.set("q", words);
        try {
          const reply = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
          if (mine !== asked || !reply.ok || reply.redirected || document.activeElement !== field) return;
          show(await reply.text());
        } catch {
          close(); // offline: the field stays what it is without JavaScript, plain text
        }
      };

      field.addEventListener("input", (event) => {
        if (!event.isTrusted && field.value === chosen) return;
        if (answer && field.value !== chosen) answer.value = "";
        clearTimeout(timer);
        timer = setTimeout(ask, 150);
      });

      field.addEventListener("keydown", (event) => {
        const all = options();
        const open = !list.hidden;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          if (!open) return void ask();
          const step = event.key === "ArrowDown" ? 1 : -1;
          const now = all.indexOf(current);
          point(all[(now < 0 && step < 0 ? all.length - 1 : now + step + all.length) % all.length]);
        } else if (event.key === "Enter" && open && current) {
          event.preventDefault();
          choose(current);
        } else if (event.key === "Escape" && open) {
          event.preventDefault();
          event.stopPropagation(); // closes the list, not the dialog around it
          close();
        } else if (event.key === "Tab" && open && current) {
          choose(current);
        }
      });

      list.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus in the field
      list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]:not([aria-disabled=true])");
        if (option) choose(option);
      });
      field.addEventListener("blur", () => setTimeout(close, 100));
      field.addEventListener("draft-restored", () => (chosen = field.value));
    },
  };
}
