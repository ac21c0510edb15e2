import { type Moment } from './personas/persona.ts'

/** What plain patterns can tell from the words (as `plainWords` makes them). The first that matches counts. */
const INTENTS: readonly (readonly [RegExp, Moment])[] = [
  [
    /^(?:goodbye|good night|see you|farewell|talk to you later|i (?:have to|must|should) (?:go|leave|run|be going)|i am (?:off|leaving|going (?:home|to bed))|that is all|good bye)/u,
    'goodbye',
  ],
  [/\b(?:joke|jokes|make me laugh|something funny)\b/u, 'joke'],
  [
    /\b(?:(?:tell|read|give) (?:me|us) (?:a|another|one more|your|the|some)? ?(?:[a-z]+ )?(?:story|stories|tale)|another story|(?:want|like) (?:to hear )?a story|a story please|do you (?:know|have) (?:a|any) stor|^(?:a )?story$)/u,
    'story',
  ],
  [/\b(?:(?:tell|teach) me something|fun fact|a fact|something interesting|something new)\b/u, 'fact'],
  [/^sing\b|\b(?:sing (?:me|us|a|something|for|to)|can you sing|a song)\b/u, 'song'],
  [
    /\b(?:are you (?:a )?(?:real|human|robot|ai|bot|an ai|person|machine|computer|alive|chat ?gpt|language model|a real person|a i|sentient)|an? (?:ai|robot|bot|machine|language model)$|who (?:made|built|programmed) you|what are you$)/u,
    'real',
  ],
  [
    /\bhow (?:are|is it going|is life|do you do|have you been|are things|you doing)\b|^(?:are you (?:there|listening|awake)|how is your day|what is up|you all right|how do you feel)/u,
    'howAreYou',
  ],
  [
    /^(?:who are you|what is your name|your name|tell me about yourself|introduce yourself|who am i (?:talking|speaking) (?:to|with)|do you have a name|may i ask your name|can you tell me your name)/u,
    'whoAreYou',
  ],
  [
    /\b(?:what do you do|how do you (?:make|build|do|write|play)|what is your (?:job|work)|your job|what are you (?:doing|working on)|what have you (?:built|written|played))\b/u,
    'work',
  ],
  [
    /^(?:what (?:else )?do you (?:like|love|enjoy)|what are your (?:hobbies|interests)|what is your favourite|do you have (?:a favourite|any hobbies)|what makes you happy)/u,
    'likes',
  ],
  [/\b(?:how old are you|what is your age|when were you born)\b/u, 'age'],
  [
    /\b(?:where (?:do|are) you (?:live|from|come from)|where is your home|where were you born|where did you grow up)\b/u,
    'home',
  ],
  [
    /\b(?:what can (?:you|i|we) (?:do|say|ask|talk about)|what (?:shall|should|do) we (?:talk about|do)|can you help|how does this work|^help$|help me$|what now|what happens now)\b/u,
    'help',
  ],
  [
    /^(?:(?:thank you|thanks|many thanks|cheers|thank)(?: (?:so much|very much|a lot|for .*|you|again))?)$/u,
    'thanks',
  ],
  [/\b(?:i love you|i like you|i am in love with you|marry me|i miss you|i missed you)\b/u, 'love'],
  [
    /\b(?:you are (?:so |very |really |quite |pretty |just |the )*(?:funny|great|nice|kind|clever|smart|amazing|wonderful|lovely|cool|good|brilliant|best|beautiful|sweet|awesome|a legend|charming|helpful|talented)|well done|good (?:job|one|answer|story|joke)|that (?:is|was) (?:so |very |really )*(?:funny|great|nice|beautiful|brilliant|lovely|a (?:good|great|nice|lovely|beautiful) .*)|i like (?:that|it|your .*)|i love (?:that|it|your .*)|ha ha|haha)/u,
    'compliment',
  ],
  [
    /\b(?:you are (?:so |very |really |just |a |an )*(?:stupid|boring|bad|useless|annoying|dumb|idiot|ugly|terrible|awful|rude|wrong|fool)|i hate you|shut up|go away|that (?:is|was) (?:stupid|boring|rubbish|terrible)|you do not (?:understand|listen))\b/u,
    'insult',
  ],
  [
    /\b(?:i am|i feel|i am feeling|feeling|i have been|i was)(?: so| very| really| a bit| a little| quite| rather| pretty| feeling)* (?:sad|unhappy|down|depressed|lonely|alone|miserable|heartbroken|upset|blue|low|not (?:good|well|great|so good|happy|very well))\b|\b(?:bad|terrible|awful|rotten|hard|horrible|rough|difficult) (?:day|week|time|year|night)\b|\b(?:passed away|died|broke up|lost my)\b/u,
    'sad',
  ],
  [
    /\b(?:i am|i feel|i am feeling)(?: so| very| really| a bit| a little| quite| rather| pretty| feeling)* (?:tired|exhausted|sleepy|worn out)\b|^(?:tired|exhausted)$/u,
    'tired',
  ],
  [
    /\b(?:i am|i feel|i am feeling)(?: so| very| really| a bit| a little| quite| rather| pretty| feeling)* (?:bored)\b|^(?:bored|this is boring)$/u,
    'bored',
  ],
  [
    /\b(?:i am|i feel|i am feeling)(?: so| very| really| a bit| a little| quite| rather| pretty| feeling)* (?:afraid|scared|nervous|worried|anxious|frightened|stressed)\b/u,
    'afraid',
  ],
  [
    /\b(?:i am|i feel|i am feeling)(?: so| very| really| a bit| a little| quite| rather| pretty| feeling)* (?:happy|great|excited|glad|wonderful|fantastic|good|fine|well|okay|all right|proud|better|lucky)\b|^(?:fine|good|great|very well|not (?:too )?bad|all right|pretty good|very good)(?: thanks| thank you)?$|\b(?:good|great|wonderful|lovely|best|fantastic) (?:day|week|news|time)\b/u,
    'happy',
  ],
  [/\b(?:weather|raining|snowing|sunny)\b/u, 'weather'],
  [/^(?:i am )?(?:very |so )?sorry\b|^(?:excuse me|pardon me|my apologies)/u, 'sorry'],
  [
    /^(?:(?:yes|sure|of course|definitely|absolutely|okay|right|exactly|certainly|go on|go ahead)(?: .{0,20})?|indeed|true|why not|please|please do|i do|i did|i think so|i would|i would love to|i would like that|sounds good)$/u,
    'yes',
  ],
  [
    /^(?:no(?: .{0,20})?|never|not really|nothing(?: .{0,12})?|i do not|i did not|not at all|i do not think so|not yet|not much)$/u,
    'no',
  ],
]

export function intentOf(words: string): Moment | undefined {
  return INTENTS.find(([pattern]) => pattern.test(words))?.[1]
}

const TOPIC =
  /\b(?:what do you think (?:about|of)|what is your opinion (?:of|on|about)|how do you (?:feel about|like)|do you (?:like|love|enjoy|believe in|hate|care for)|have you (?:ever )?(?:heard of|seen|read|been to|tried)|let us talk about|talk (?:to me )?about|tell me (?:more )?about) (.{2,60})$/u

/** What the user wants an opinion on. */
export function topicIn(words: string): string | undefined {
  return TOPIC.exec(words)?.[1]
}
