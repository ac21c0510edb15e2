/** Files are made by strangers: what is larger than this is refused. */

/** A card's text that has to be inflated first. */
export const MAX_INFLATED_CARD_BYTES = 5 * 1024 * 1024
/** A card's text that stands in the file as it is; base64 of pictures makes some long. */
export const MAX_PLAIN_CARD_BYTES = 32 * 1024 * 1024
export const MAX_ASSET_BYTES = 50 * 1024 * 1024
/** Of all files in an archive. */
export const MAX_ARCHIVE_BYTES = 500 * 1024 * 1024
/** An archive has fewer files than this. */
export const MAX_ARCHIVE_FILES = 10_000
