/**
 * What is wrong with the layout of a page, found inside of it: the tests evaluate this text there, and get the value of
 * its last line, a sentence per fault.
 *
 * Text is cut when a box that neither scrolls nor says «…» ends before it. Text and controls overlap when they share
 * pixels and none of them lies on a layer above (a bar that stays, a dialog, a pill over a table).
 */
const SLACK_PX = 1.5;

/** Of a line's height: the letters of two lines may touch a little without being in each other's way. */
const LEADING = 0.2;

const CONTROLS = 'a[href], button, input, select, textarea, summary, [role="tab"]';

function layoutFaults() {
  const texts = textsOf(document.body);
  return [
    ...tooWide(),
    ...texts.filter(({ isCut }) => isCut).map(({ name }) => `cut: ${name}`),
    ...cutPlaceholders(),
    ...overlaps(texts.filter(({ isCut }) => !isCut).map(withoutLeading)),
    ...overlaps(controlsOf(document.body)),
    ...underTheBar(texts),
  ];
}

function tooWide() {
  const { scrollWidth } = document.documentElement;
  return scrollWidth > innerWidth ? [`the page is ${scrollWidth} wide in ${innerWidth}`] : [];
}

/** A box for each line of each text that can be seen. */
function textsOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const boxes = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !isSeen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const name = `«${node.data.trim().slice(0, 60)}» in ${describe(element)}`;
    for (const rect of range.getClientRects()) {
      const box = clipped(rect, element);
      if (box !== null) boxes.push({ ...box, node, name, layer: layerOf(element) });
    }
  }
  return boxes;
}

function controlsOf(root) {
  return [...root.querySelectorAll(CONTROLS)].filter(isSeen).flatMap((element) =>
    [...element.getClientRects()].flatMap((rect) => {
      const box = clipped(rect, element);
      if (box === null) return [];
      return [{ ...box, node: element, name: describe(element), layer: layerOf(element) }];
    }),
  );
}

function isSeen(element) {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  if (element.closest('option, noscript') !== null) return false;
  for (let box = element; box !== null; box = box.parentElement) if (isForEars(box)) return false;
  return true;
}

/** What only screen readers are told is clipped away. */
function isForEars(element) {
  return getComputedStyle(element).clipPath === 'inset(50%)';
}

/** What can be seen of it; null for nothing. It is cut when a box that cannot be scrolled takes a part away. */
function clipped(rect, element) {
  let { left, right, top, bottom } = rect;
  let isCut = false;
  let canScroll = false;
  for (let box = element; box !== null && box !== document.body; box = box.parentElement) {
    const style = getComputedStyle(box);
    if (style.overflowX !== 'visible' && style.display !== 'inline') {
      const edge = box.getBoundingClientRect();
      const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
      const isShortened = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      const isBeyond = right > edge.right + SLACK_PX || bottom > edge.bottom + SLACK_PX;
      canScroll ||= scrolls;
      if (isBeyond && !canScroll && !isShortened) isCut = true;
      left = Math.max(left, edge.left);
      right = Math.min(right, edge.right);
      top = Math.max(top, edge.top);
      bottom = Math.min(bottom, edge.bottom);
    }
    if (style.position === 'fixed') break;
  }
  return !isCut && (right - left < 1 || bottom - top < 1)
    ? null
    : { left, right, top, bottom, isCut };
}

/** Things that share a layer must not share pixels. */
function layerOf(element) {
  for (let box = element; box !== null; box = box.parentElement) {
    const { position, zIndex } = getComputedStyle(box);
    if (position === 'fixed' || position === 'sticky') return box;
    if (position !== 'static' && zIndex !== 'auto') return box;
  }
  return null;
}

function withoutLeading(box) {
  const height = box.bottom - box.top;
  return { ...box, top: box.top + height * LEADING, bottom: box.bottom - height * LEADING };
}

function overlaps(boxes) {
  const sorted = boxes.toSorted((one, other) => one.top - other.top);
  return sorted.flatMap((one, index) => {
    const faults = [];
    for (const other of sorted.slice(index + 1)) {
      if (other.top > one.bottom) break;
      if (isOver(one, other)) faults.push(`overlap: ${one.name} and ${other.name}`);
    }
    return faults;
  });
}

function isOver(one, other) {
  if (one.layer !== other.layer) return false;
  if (one.node.contains(other.node) || other.node.contains(one.node)) return false;
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return width > SLACK_PX && height > SLACK_PX;
}

function cutPlaceholders() {
  const context = document.createElement('canvas').getContext('2d');
  return [...document.querySelectorAll('input[placeholder]')].filter(isSeen).flatMap((field) => {
    const style = getComputedStyle(field);
    if (style.textOverflow === 'ellipsis') return [];
    context.font = style.font;
    const room =
      field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + SLACK_PX;
    const { width } = context.measureText(field.placeholder);
    return width <= room ? [] : [`cut: the placeholder «${field.placeholder}»`];
  });
}

/** At the end of the page nothing may lie under the bar at the bottom. */
function underTheBar(texts) {
  const bar = document.querySelector('nav[aria-label="Pages"]').getBoundingClientRect();
  if (bar.top === 0) return [];
  const below = document.documentElement.scrollHeight - innerHeight - scrollY;
  return texts
    .filter(({ layer, isCut }) => layer === null && !isCut)
    .filter(({ bottom }) => bottom - below > bar.top + SLACK_PX)
    .map(({ name }) => `under the bar: ${name}`);
}

function describe(element) {
  const label = element.getAttribute('aria-label') ?? element.textContent.trim();
  return `<${element.localName} class="${element.getAttribute('class') ?? ''}"> «${label.slice(0, 40)}»`;
}

layoutFaults();
