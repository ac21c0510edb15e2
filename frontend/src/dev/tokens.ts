/** The names of styles/tokens.css, to be shown. */
export const COLOURS = [
  'stage',
  'stage-deep',
  'sheet',
  'overlay',
  'ink',
  'ink-soft',
  'ink-faint',
  'line',
  'line-strong',
  'wash',
  'wash-strong',
  'spot',
  'spot-bright',
  'on-spot',
  'spot-ink',
  'spot-wash',
  'velvet',
  'danger',
  'danger-ink',
  'ok',
] as const
export const SIZES = ['xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl'] as const
export const SPACES = ['s1', 's2', 's3', 's4', 's5', 's6', 's8', 's10', 's12', 's16'] as const
export const RADII = ['radius', 'radius-lg'] as const
