export const CAPTURE_PROCESSOR = 'troupe-capture'
