import { ACCENTS, type Look } from './look.ts'

export interface LookControlsProps {
  isLocked: boolean
  look: Look
  onLook(look: Look): void
  note: string
  onNote(note: string): void
}

const SCHEMES = ['system', 'light', 'dark'] as const
const ACCENT_NAMES = Object.keys(ACCENTS) as (keyof typeof ACCENTS)[]

/** What the person can change on the page; nothing while it is locked. */
export function LookControls({ isLocked, look, onLook, note, onNote }: LookControlsProps) {
  return (
    <fieldset className="controls" disabled={isLocked}>
      <legend>Controls</legend>
      <Choice name="Theme" options={SCHEMES} value={look.scheme} onChange={(scheme) => onLook({ ...look, scheme })} />
      <Choice
        name="Accent"
        options={ACCENT_NAMES}
        value={look.accent}
        onChange={(accent) => onLook({ ...look, accent })}
      />
      <label className="field">
        A note that the model can read
        <textarea rows={3} value={note} onChange={({ target }) => onNote(target.value)} />
      </label>
    </fieldset>
  )
}

interface ChoiceProps<Option extends string> {
  name: string
  options: readonly Option[]
  value: Option
  onChange(value: Option): void
}

function Choice<Option extends string>({ name, options, value, onChange }: ChoiceProps<Option>) {
  return (
    <fieldset className="choice">
      <legend>{name}</legend>
      {options.map((option) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          {option}
        </label>
      ))}
    </fieldset>
  )
}
