import type { TranslatedLocale } from '@openai/chatkit'
import { en } from './en.ts'
import type { Messages } from './messages.ts'

/** Locales that have texts. One that is missing shows English and says so nowhere: the request header still names what was asked for. */
const translations: Partial<Record<TranslatedLocale | 'en', Messages>> = { en }

const translatedLocales = (
  'am ar bg-BG bn-BD bs-BA ca-ES cs-CZ da-DK de-DE el-GR es-419 es-ES et-EE fi-FI fr-CA fr-FR gu-IN hi-IN hr-HR hu-HU hy-AM ' +
  'id-ID is-IS it-IT ja-JP ka-GE kk kn-IN ko-KR lt lv-LV mk-MK ml mn mr-IN ms-MY my-MM nb-NO nl-NL pa pl-PL pt-BR pt-PT ro-RO ' +
  'ru-RU sk-SK sl-SI so-SO sq-AL sr-RS sv-SE sw-TZ ta-IN te-IN th-TH tl tr-TR uk-UA ur vi-VN zh-CN zh-HK zh-TW'
).split(' ')

/** Short codes with more than one translation behind them; the others take the one that starts with their language. */
const shortCodes: Record<string, string> = {
  es: 'es-ES',
  fr: 'fr-FR',
  pt: 'pt-BR',
  zh: 'zh-CN',
  'zh-hant': 'zh-TW',
  no: 'nb-NO',
}

const rightToLeft = new Set(['ar', 'ur'])

/** The locale that is meant by a code: exact, then the short code's, then that of its language, then English. */
export function resolveLocale(code: string): string {
  const wanted = code.toLowerCase()
  const exact = translatedLocales.find((locale) => locale.toLowerCase() === wanted)
  if (exact) return exact
  const short = shortCodes[wanted]
  if (short) return short
  const language = wanted.split('-')[0] ?? ''
  if (language === 'en') return 'en'
  return (
    shortCodes[language] ?? translatedLocales.find((locale) => locale.toLowerCase().split('-')[0] === language) ?? 'en'
  )
}

/** The texts of a resolved locale and the direction they read in. */
export function textsOf(locale: string): { messages: Messages; direction: 'ltr' | 'rtl' } {
  const own = translations[locale as keyof typeof translations]
  if (!own) return { messages: en, direction: 'ltr' }
  return { messages: own, direction: rightToLeft.has(locale) ? 'rtl' : 'ltr' }
}
