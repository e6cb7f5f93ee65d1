// Times in the forms that tools write → ISO 8601 in UTC.

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})Z?)?$/i
const US =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:\s*([AP])\.?M\.?)?)?\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})Z?)?$/i
/** Milliseconds in UTC; the offset that may follow says only where the writer was. */
const DOT_NET = /^\\?\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?\/$/

/** The form of nearly all dates, which needs no calculation: days that every month has, whole seconds or fractions. */
const CANONICAL = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/

function fromCanonical(text: string): string {
  const fraction = text.slice(20, -1)
  return `${text.slice(0, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
}

/** Longer text is no time, and patterns should not have to find that out. */
const MAX_CHARACTERS = 100

interface Clock {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  millisecond: number
  offsetMinutes: number
}

/**
 * A time as ISO 8601 in UTC; `undefined` where it is none. A time without a zone is taken as UTC, and one with an
 * offset and a Z after it by the offset. Slashes are the US order: a day first is refused where it shows,
 * since the next date of the same file would be read the other way round.
 */
export function isoTime(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) return undefined
  if (CANONICAL.test(text)) return fromCanonical(text)
  const trimmed = text.trim()
  const iso = ISO.exec(trimmed)
  if (iso) return format(clock(iso[1], iso[2], iso[3], iso.slice(4, 8), null, iso.slice(9, 12)))
  const us = US.exec(trimmed)
  if (us) return format(clock(us[3], us[1], us[2], us.slice(4, 8), us[8] ?? null, us.slice(10, 13)))
  const dotNet = DOT_NET.exec(trimmed)
  return dotNet ? formatMs(Number(dotNet[1])) : undefined
}

type Parts = readonly (string | undefined)[]

function clock(year: string, month: string, day: string, time: Parts, half: string | null, offset: Parts): Clock {
  const [hour, minute, second, fraction] = time
  const [sign, offsetHours, offsetMinutes] = offset
  const east = Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: half === null ? Number(hour ?? 0) : halfDayHour(Number(hour), half),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: Number((fraction ?? '').slice(0, 3).padEnd(3, '0')),
    offsetMinutes: sign === '-' ? -east : east
  }
}

function halfDayHour(hour: number, half: string): number {
  if (hour < 1 || hour > 12) return NaN
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
}

function format(at: Clock): string | undefined {
  if (!(at.hour < 24 && at.minute < 60 && at.second < 60 && Math.abs(at.offsetMinutes) <= 14 * 60)) return undefined
  const ms = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second, at.millisecond)
  const back = new Date(ms)
  // Date.UTC carries the 31st of February over into March, and the years 0–99 into the last century.
  const isReal = back.getUTCMonth() === at.month - 1 && back.getUTCDate() === at.day && at.year >= 100
  return isReal ? formatMs(ms - at.offsetMinutes * 60_000) : undefined
}

function formatMs(ms: number): string | undefined {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined
}
