import { card, conversation, felix, nora, promptInput, said } from '../../../support/prompts.ts'
import { type GoldenCase } from './golden-case.ts'

/** What a description becomes, per row. */
const ROWS: readonly (readonly [name: string, description: string, becomes: string])[] = [
  ['names, in any case', '{{CHAR}}/{{User}}', 'Nora/Sam'],
  ['a comment', 'a{{// never {{char}} }}b{{comment: nor this}}c', 'abc'],
  ['a hidden key', 'a{{hidden_key:dragon}}b', 'ab'],
  ['reversed', '{{reverse:abc😀}}', '😀cba'],
  ['nesting, the inner first', '{{reverse:{{char}}}}', 'aroN'],
  ['unknown ones stay', '{{unknown::{{char}}}} {{}} {{ }}', '{{unknown::Nora}} {{}} {{ }}'],
  ['braces without partner stay', '}} {{char {{user}}', '}} {{char Sam'],
  ['escaped ones are text', String.raw`\{\{char\}\}`, '{{char}}'],
  ['newlines and spaces', 'a{{newline}}b{{newline::2}}c{{space::3}}d', 'a\nb\n\nc   d'],
  ['trim eats the newlines around it', 'a\n\n{{trim}}\n\nb', 'ab'],
  ['nothing, and no operation', 'a{{noop}}{{input}}{{banned "x"}}b', 'ab'],
  ['fields of the card', '{{personality}} {{scenario}}', 'Dry Nora. Harbour.'],
  ['a circle of fields ends', '{{description}}', '{{description}}'],
  ['version and notes', '{{charVersion}}/{{charCreatorNotes}}', '1.2/notes'],
  ['greetings', '{{charFirstMessage}} {{charFirstMessage::1}}|{{charFirstMessage::9}}', 'Hello Sam Hi|'],
  ['conditions', '{{if 1}}yes{{else}}no{{/if}} {{if off}}yes{{else}}no{{/if}}', 'yes no'],
  ['negated conditions', '{{if !personality}}none{{else}}some{{/if}}', 'some'],
  ['conditions in conditions', '{{if 1}}a{{if 0}}b{{else}}c{{/if}}d{{/if}}', 'acd'],
  ['only the branch taken is carried out', '{{if 0}}{{setvar::x::1}}{{/if}}[{{getvar::x}}]', '[]'],
  ['scoped text is an argument', '{{reverse}}\n  abc\n  def\n{{/reverse}}', 'fed\ncba'],
  ['variables', '{{setvar::hp::3}}{{addvar::hp::4}}{{incvar::hp}} {{decvar::hp}} {{getvar::hp}}', '8 7 7'],
  ['variables that are not there', '[{{getvar::no}}] {{hasvar::no}}', '[] false'],
  ['global variables', '{{setglobalvar::a::b}}{{getglobalvar::a}} {{deleteglobalvar::a}}{{$a}}.', 'b .'],
  ['short forms', '{{.a = 2}}{{.a++}} {{.a >= 3}} {{.a += 5}}{{.a}} {{.b ?? none}}', '3 true 8 none'],
  ['short forms in conditions', '{{.a = x}}{{if .a == x}}same{{/if}}', 'same'],
  [
    'time',
    '{{time}} {{date}} {{weekday}} {{isotime}} {{isodate}}',
    '5:08 PM March 4, 2030 Monday 17:08 2030-03-04',
  ],
  ['time elsewhere', '{{time::UTC+9}} {{time_UTC-3:30}}', '2:08 AM 1:38 PM'],
  [
    'time by format',
    '{{datetimeformat::dddd Do MMM YY, HH:mm:ss [at] a}}',
    'Monday 4th Mar 30, 17:08:09 at pm',
  ],
  ['spans', '{{timeDiff::2030-01-02::2030-01-01}}', 'a day'],
  ['dice that are none', '[{{roll:x}}]', '[]'],
  ['one die', '{{roll:d1}} {{roll 3d1+2}}', '1 5'],
  ['the conversation', '{{lastMessage}}|{{lastUserMessage}}|{{lastMessageId}}', '{{x}}|{{x}}|0'],
  ['the model', '{{model}} {{maxContextTokens}} {{maxResponseTokens}}', 'model 8192 512'],
  ['a group of one', '{{group}} {{charIfNotGroup}} {{notChar}}', 'Nora Nora Sam'],
]

const fields = {
  personality: 'Dry {{char}}.',
  scenario: 'Harbour.',
  character_version: '1.2',
  creator_notes: 'notes',
  first_message: 'Hello {{user}}',
  alternate_greetings: ['Hi'],
} as const

export const MACROS: readonly GoldenCase[] = [
  ...ROWS.map(([name, description, becomes]): GoldenCase => {
    const speaker = card('Nora', {
      ...fields,
      alternate_greetings: ['Hi'],
      description: `<<${description}>>`,
    })
    const history = [said('Sam', '{{x}}')]
    return {
      name,
      input: promptInput({ speaker, history }),
      ...(name === 'a circle of fields ends' ? {} : { sees: [`<<${becomes}>>`] }),
    }
  }),
  {
    name: 'a group of two, one of them muted',
    input: promptInput({
      speaker: card('Nora', { description: '{{group}} / {{groupNotMuted}} / {{notChar}}' }),
      cast: [nora, felix],
      conversation: conversation({ muted_characters: ['felix'] }),
    }),
    sees: ['Nora, Felix / Nora / Felix, Sam'],
  },
  {
    name: 'random and pick choose from their lists',
    input: promptInput({
      speaker: card('Nora', { description: String.raw`{{random:a\, b}} {{pick::c::c}}` }),
    }),
    sees: ['a, b c'],
  },
]
