import { TOOL_NAMES, type ToolName } from '#shared/entities.ts'

interface ToolWords {
  readonly title: string
  /** What it means to have it, for whoever decides. */
  readonly hint: string
  readonly doing: string
  readonly done: string
}

const WORDS: Record<ToolName, ToolWords> = {
  current_time: {
    title: 'Know the time',
    hint: 'Looks at the clock and the calendar of this server.',
    doing: 'looks at the clock',
    done: 'looked at the clock',
  },
  roll_dice: {
    title: 'Roll dice',
    hint: 'Throws real dice instead of making numbers up.',
    doing: 'rolls the dice',
    done: 'rolled the dice',
  },
  remember: {
    title: 'Remember',
    hint: 'Writes notes that stay beyond this conversation. You can read and change them below.',
    doing: 'makes a note',
    done: 'made a note',
  },
  recall: {
    title: 'Recall',
    hint: 'Searches those notes while it talks.',
    doing: 'tries to remember',
    done: 'remembered',
  },
  search_web: {
    title: 'Search the web',
    hint: 'Its searches leave this server, for the search engine that is set up.',
    doing: 'searches the web',
    done: 'searched the web',
  },
  fetch_page: {
    title: 'Read web pages',
    hint: 'Fetches the text of public pages. Addresses inside your network are refused.',
    doing: 'reads a page',
    done: 'read a page',
  },
  read_file: {
    title: 'Read files',
    hint: 'Text and JSON files below the one folder that the server allows, and nothing else.',
    doing: 'reads a file',
    done: 'read a file',
  },
}

/** All tools in the order in which they are offered. */
export const TOOLS = TOOL_NAMES.map((name) => ({ name, ...WORDS[name] }))

/** `looks at the clock`, or `looked at the clock` when it is over; of an unknown tool, its name. */
export function toolSentence(name: string, isOver: boolean): string {
  const words = TOOLS.find((tool) => tool.name === name)
  if (words === undefined) return isOver ? `used ${name}` : `uses ${name}`
  return isOver ? words.done : words.doing
}
