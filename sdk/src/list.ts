/** A list that the service gives out in pages: to go through whole, or page by page. */
import type { Page } from './types.ts';

export interface List<Item> extends AsyncIterable<Item> {
  /** One page: the first, or the one that `next_cursor` of the page before names. */
  page(cursor?: string | null): Promise<Page<Item>>;
  /** All pages, one after the other. */
  pages(): AsyncIterable<Page<Item>>;
}

/** A list whose pages `load` fetches; nothing is asked for before somebody looks. */
export function listOf<Item>(
  load: (cursor: string | undefined) => Promise<Page<Item>>,
): List<Item> {
  async function* pages() {
    let cursor: string | undefined;
    for (;;) {
      const page = await load(cursor);
      yield page;
      // A page may be empty and not the last: a filter without an index looks at so many rows at a time.
      if (!page.has_more || page.next_cursor === null || page.next_cursor === cursor) return;
      cursor = page.next_cursor;
    }
  }
  return {
    page: (cursor) => load(cursor ?? undefined),
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* page.data;
    },
  };
}
