type Child = Node | string | undefined;
type Attribute = string | boolean | undefined | ((event: Event) => void);

/**
 * Makes an element. Children that are texts become text, never markup: names of secrets come from anybody.
 * @param attributes a function is a listener (`onclick`), `true` an attribute without a value; what is false or undefined is left out
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A field with its label. The id ties the two together, and stands once in the page. */
export function field(id: string, label: string, control: HTMLElement, hint?: string): HTMLElement {
  control.id = id;
  if (hint !== undefined) control.setAttribute('aria-describedby', `${id}-hint`);
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    control,
    hint === undefined ? undefined : h('p', { class: 'hint', id: `${id}-hint` }, hint),
  );
}

export function option(value: string, text = value): HTMLOptionElement {
  return h('option', { value }, text);
}

/** A place whose changes a screen reader tells. It is in the page before there is anything to tell. */
export function statusLine(): { readonly element: HTMLElement; say(text: string, kind?: 'ok' | 'failed'): void } {
  const element = h('p', { class: 'status', role: 'status' });
  return {
    element,
    say(text, kind) {
      element.className = kind === undefined ? 'status' : `status ${kind}`;
      element.textContent = text;
    },
  };
}
