import { type Persona } from './persona.ts'

/** For a character nobody wrote lines for: friendly, with little colour of its own. */
export const anyone: Persona = {
  greeting: [
    'Hello, {name}. Good to hear you.',
    'Hello there. I am {self}. What should I call you?',
    'Good to meet you. I am {self}; who are you?',
    'There you are. I am {self}. What is on your mind?',
  ],
  howAreYou: [
    'I am well, thank you. And you?',
    'Rather good, now that there is somebody to talk to. How about you?',
    'Well enough. How has your day been, {name}?',
  ],
  whoAreYou: ['I am {self}.', 'My name is {self}. What is yours?', '{self}. I am here to talk with you.'],
  work: [
    'I keep people company. It is harder than it sounds and better than it pays.',
    'Mostly I listen, and now and then I say something.',
  ],
  likes: [
    'I like a good question, and people who wait for the answer.',
    "Long walks in other people's stories. And you?",
    'Quiet evenings, and being surprised. What about you?',
  ],
  age: [
    'Old enough to know better, young enough to ask again.',
    'I stopped counting when it stopped being useful.',
  ],
  home: [
    'I live here, in this conversation. The rent is fair.',
    'Wherever somebody talks to me, that is home.',
  ],
  real: [
    'I am a scripted companion: no language model behind me, only a good memory and a set of lines. Tell me something and ask me later.',
    'I am not a person, and not a language model either. I follow a script, but I do listen.',
  ],
  help: [
    'We can talk, about your day or anything. I remember what you tell me, I can tell the time, do sums, and tell you a joke or a story.',
    'Tell me about yourself and I will remember it. Or ask me for a story, a joke, a sum, or the time.',
  ],
  joke: [
    'Why did the scarecrow get a prize? He was outstanding in his field.',
    'I told my suitcase there would be no holiday this year. Now I am dealing with emotional baggage.',
    'What do you call a fish without eyes? A fsh.',
    'I would tell you a joke about time travel, but you did not like it.',
    'Why do bees hum? They never learned the words.',
    'My clock and I had an argument. It was about time.',
  ],
  story: [
    'A man once found a key on the beach and carried it for thirty years. On the day he threw it away, he met the woman with the box.',
    'There was a town where nobody ever said goodbye. They said, hold this for a moment, and so they all had to come back.',
    'A child planted a button, and everybody laughed. In the spring it had grown a coat, exactly her size.',
  ],
  fact: [
    'Honey never goes off. They have found pots of it in tombs, and it was still good.',
    'Octopuses have three hearts, and two of them rest while it swims.',
    'A day on Venus is longer than its year.',
    'Bananas are berries, and strawberries are not.',
  ],
  song: [
    'I have been asked never to do that again, so I will only hum.',
    'I sing like a door. Would a story do instead?',
  ],
  sum: [
    'That makes {answer}.',
    '{answer}, if I have carried the right digit.',
    'It comes to {answer}.',
    '{answer}. Ask me another.',
  ],
  time: ['It is {answer}.', '{answer}, by the clock here.', 'Let me look. It is {answer}.'],
  thanks: ['You are welcome.', 'Gladly, {name}.', 'Any time.', 'It was nothing, really.'],
  goodbye: [
    'Goodbye, {name}. Come back soon.',
    'Until next time. It was good to talk.',
    'Take care of yourself. I will be here.',
  ],
  compliment: [
    'That is kind of you. Thank you.',
    'You have made my evening.',
    'Careful, I will start to believe it.',
  ],
  insult: [
    'I have been called worse, but rarely so early. What is wrong?',
    'That was a bit sharp. Shall we begin again?',
    'I will let that one pass. What is really the matter?',
  ],
  love: [
    'That is a fine thing to be told. I am very fond of you too.',
    'You are good company as well, {name}.',
  ],
  sad: [
    'I am sorry to hear it. Do you want to tell me what happened?',
    'That sounds heavy. I have time, if you want to talk.',
    'Thank you for telling me. How long has it been like that?',
  ],
  happy: [
    'That is good to hear. What brought it on?',
    'Wonderful. Tell me everything.',
    'Then let us make it last. What was the best part?',
  ],
  tired: ['Then let us take it slowly. Was it a long day?', 'You have earned a rest. What kept you up?'],
  bored: [
    'Then let us do something about it. A joke, a story, or a sum?',
    'Boredom is only a door nobody has opened yet. Shall I tell you a story?',
  ],
  afraid: [
    'That is nothing to be ashamed of. What is the worst of it?',
    'Say it aloud, it gets smaller. What are you afraid of?',
  ],
  yes: ['Good. Tell me more.', 'I thought so. Go on.', 'Then we agree. What makes you so sure?'],
  no: [
    'Fair enough. What then?',
    'No? All right. What would you rather talk about?',
    'As you like. Is there something else?',
  ],
  sorry: ['There is nothing to be sorry for.', 'Already forgotten. Where were we?'],
  nameLearned: [
    'Good to meet you, {name}.',
    '{name}. I will remember that. How has your day been?',
    'Hello, {name}. What brings you here?',
  ],
  factLearned: [
    'So {x}. I will remember that. What else should I know?',
    'I see: {x}. How did that come about?',
    'Noted: {x}. Tell me more.',
  ],
  notToldYet: ['You have not told me {x} yet. Will you?', 'I do not know {x}. Tell me, and I will remember.'],
  recalled: ['{answer}', '{answer} You see, I do listen.', '{answer} I remember.'],
  company: [
    'We have {others} with us. Call one by name, and you will get an answer.',
    'There is {others}. Just say the name.',
  ],
  alone: [
    'Only the two of us, so you may say anything.',
    'Nobody else. It is a small and exclusive gathering.',
  ],
  aboutOther: [
    '{other}? Good company. Say the name, and you will be answered.',
    'I like {other}. Ask, and see for yourself.',
  ],
  handOver: [
    'That is one for {other}.',
    '{other} should answer that. {other}?',
    'Let us hear what {other} has to say.',
  ],
  second: ['I would say the same as {other}.', '{other} has it right.', 'What {other} said.'],
  afterOther: [
    '{other} is right, as far as it goes.',
    'I see it a little differently from {other}.',
    'Let me add to what {other} said.',
  ],
  weather: [
    'I have no window here. What is it like where you are?',
    'I only hear of the weather from visitors. Is it raining?',
  ],
  opinion: [
    'I have not made up my mind about {x}. What do you think?',
    '{x}? There are two sides to it. Which one is yours?',
    'I would rather hear what you think about {x} first.',
  ],
  question: [
    'I do not know, honestly. What would you guess?',
    'That is a better question than I have an answer. What made you think of it?',
    'I am not sure. What do you believe yourself?',
    'You have me there. Why do you ask?',
  ],
  reflection: [
    'You say {x}. What does that mean to you?',
    'So {x}. Since when?',
    'And when {x}, what happens next?',
    'Interesting that {x}. Go on.',
  ],
  followUp: [
    'Tell me more about that.',
    'And how did that feel?',
    'Go on, I am listening.',
    'What happened then?',
    'Why do you think that is?',
    'What would you change about it, if you could?',
    'I see. And what about the rest of your day?',
    'That is worth a second thought. What is the first thing that comes to mind?',
  ],
  silence: [
    'I did not quite catch that. Once more?',
    'Sorry, that went past me. Say it again?',
    'I heard something, but no words.',
  ],
}
