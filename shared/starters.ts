/** The conversation that a fresh installation comes with: whoever has no other has not talked yet. */
export const STARTER_CONVERSATION_ID = 'an-evening-at-the-lantern'
