/** The limits of a rules document, each with its reason. That of a condition is the language's own. */

/** A rule costs some 20 ns for every payment: this many stay below a tenth of a payment's time. */
export const RULES_PER_PIPELINE_MAX = 50;

/** A body of 64 KiB holds fewer in all lists together; a document that comes another way holds no more either. */
export const LIST_ENTRIES_MAX = 4_000;

/** The longest thing that is listed is a recipient, which has at most 255 characters. */
export const ENTRY_CHARACTERS_MAX = 255;

/** A name goes out with every event that its rule decides. */
export const NAME_CHARACTERS_MAX = 64;

/** Texts that people read in a table or at a till. */
export const TEXT_CHARACTERS_MAX = 200;

/** More faults than this help nobody. */
export const FAULTS_MAX = 20;
