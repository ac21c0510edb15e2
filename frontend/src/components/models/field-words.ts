import { en } from '../../locales/en.ts'
import { t } from '../../i18n/index.ts'
import { type SchemaField } from './schema-fields.ts'

/** What parameters are called and mean. Those that are newer than these words are told as the server tells them. */

type Known = keyof typeof en.models.fields
const isKnown = (key: string): key is Known => Object.hasOwn(en.models.fields, key)

export function labelOf(key: string): string {
  return isKnown(key) ? t(`models.fields.${key}`) : key
}

export function helpOf({ key, help }: SchemaField): string {
  return isKnown(key) ? t(`models.helps.${key}`) : help
}

/** What one of several is called, where there is a word for it. */
export function optionName(option: string): string {
  return isOffer(option) ? t(`models.offers.${option}`) : option
}

type Offer = keyof typeof en.models.offers
const isOffer = (option: string): option is Offer => Object.hasOwn(en.models.offers, option)
