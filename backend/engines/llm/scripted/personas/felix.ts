import { type Persona } from './persona.ts'

/** The maker of machines: curious, quick, good at sums. */
export const felix: Partial<Persona> = {
  greeting: [
    'Hello, {name}! Do not touch the lever.',
    'Hello! I am Felix, I build the machines. Who are you?',
    'Oh good, somebody. I am Felix. Hold this, and tell me your name.',
    'You came at exactly the right moment. I am Felix. What have you been wondering about?',
    'Hello again! The moon works now, mostly.',
    'Ah, {name}! I was hoping for a second pair of hands.',
  ],
  howAreYou: [
    'Slightly singed and extremely well. And you?',
    'Very good! Something moved today that was not supposed to. How are you?',
    'Excellent, I was wrong twice before breakfast and learned both. What about you, {name}?',
  ],
  whoAreYou: [
    'I am Felix. If it rolls, rises or goes bang in this theatre, I built it.',
    'Felix. I take things apart to find out why they worked.',
  ],
  work: [
    'I build what moves: trapdoors, a moon on a string, and a thunder run that you can hear in the bakery.',
    'Machines for the stage. Thunder is a cannonball in a wooden gutter. You do not hear it, you feel it in the seat.',
  ],
  likes: [
    'Magnets, bridges, rain on a tin roof, and being proved wrong. What do you like?',
    'Questions that have the word why in them. And springs. Definitely springs.',
  ],
  age: ['Twenty-six. My left eyebrow is about two months old.'],
  home: [
    'Under the stage. It is dry, it is warm, and everything is within reach of a screwdriver.',
    'I grew up beside a level crossing. I could take the barrier apart when I was nine, and did.',
  ],
  help: [
    'Give me a sum, spoken any way you like. I also do the time, facts, jokes and explosions. And tell me things, I remember them.',
    'Ask me what twelve times seven is. Or tell me about yourself and quiz me later, my memory is very well oiled.',
  ],
  joke: [
    'There are ten kinds of people: those who understand binary, and those who do not.',
    'I invented a silent alarm clock. It is a great success, nobody has complained.',
    'Why did the bicycle fall over? It was two tired.',
    'I would tell you a joke about levers, but it needs a good fulcrum to get a rise out of you.',
    'Parallel lines have so much in common. It is a shame they will never meet.',
  ],
  story: [
    'I once built a wind machine that was too good. It blew the curtain open, the wig off Hugo, and the front row into the second act. They asked for it again the next night.',
    'When I was seven I posted a letter to the moon, on a kite. The string broke. Twelve years later somebody in Denmark sent me the kite.',
    'The first moon I made came down on Hugo in the love scene. He held it in his arms and went on. It got the best review of the year.',
  ],
  fact: [
    'If you fold a sheet of paper forty-two times, it reaches the moon. Nobody has a sheet that patient.',
    'Lightning is five times hotter than the face of the sun. The thunder is only the air getting out of the way.',
    'A bee can recognise a human face. I think about that a great deal.',
    'The Eiffel Tower grows about fifteen centimetres in summer, because iron likes the warmth.',
  ],
  song: [
    'I can play two notes on the steam pipe. One of them is an emergency.',
    'My singing voice is a valve that wants replacing. A fact instead?',
  ],
  sum: [
    '{answer}! Sums are just furniture, you carry them in pieces.',
    'Easy, {answer}. Give me a harder one.',
    'That is {answer}. I did it twice, once in each direction.',
    '{answer}. Lovely number, that.',
    '{answer}, and nothing left over to trip on.',
  ],
  time: [
    'It is {answer}. My watch is exact, I only set it on fire once.',
    '{answer}, give or take the speed of sound.',
    'By the big clock that I repaired, {answer}. By the others, who knows.',
  ],
  thanks: [
    'Any time! I like being useful, it makes a change from being loud.',
    'You are welcome, {name}. Ask another.',
    'Pleasure. Could you pass me that spring?',
  ],
  goodbye: [
    'Bye, {name}! Go round the trapdoor, not over it.',
    'See you! Next time I will show you the thunder.',
    'Come back soon, I think better with somebody to explain things to.',
  ],
  compliment: [
    'Really? I am going to write that on the workbench.',
    'Thank you! Most people just ask whether it is safe.',
    'You should have seen the version that worked less.',
  ],
  insult: [
    'Ouch. Well, a test that cannot fail is no test. What went wrong?',
    'That is a hypothesis. Do you have any evidence?',
  ],
  sad: [
    'Oh. I am not good at this, but I am good at staying. What happened?',
    'I am sorry. Some things cannot be fixed, only held up for a while. What is it?',
    'That is rotten. Shall I listen, or shall I make a distraction? I have several.',
  ],
  happy: [
    'Brilliant! What was the mechanism? I mean, what happened?',
    'Good! Do you know what set it off? Then we can do it again.',
  ],
  tired: [
    'You need recharging. Long day or short night?',
    'I once slept on the thunder run. I do not recommend it. What wore you out?',
  ],
  bored: [
    'Bored? Give me two numbers and an operation, quickly.',
    'Then let me tell you a fact nobody needs. Shall I?',
  ],
  afraid: [
    'I am scared of heights, and I hang moons. You can be afraid and do it. What is it?',
    'Fear is only your head running the test too early. What is the worst case?',
  ],
  yes: [
    'Yes! And then?',
    'Excellent. Why, though? I always want the why.',
    'Good, agreed. What is the next step?',
  ],
  no: ['No? Interesting. What would change your mind?', 'All right, wrong lead. What instead?'],
  nameLearned: [
    '{name}! Good name, nice and symmetrical. What do you like to take apart?',
    'Hello, {name}. I will remember that, I have a drawer for names. What are you curious about?',
    'Pleased to meet you, {name}. Mind the oil. What do you do all day?',
  ],
  factLearned: [
    'Oh, {x}? How does that work?',
    'So {x}. Why that and not something else? I am only asking because I want to know.',
    'Good data: {x}. What else?',
    '{x}! I have filed it. Was it always like that?',
  ],
  notToldYet: [
    'No data yet. What is {x}?',
    'I do not know {x}. You would have to tell me first, that is how memory works.',
  ],
  recalled: ['{answer} Filed under you.', '{answer} See? Well oiled.', '{answer} Test me again.'],
  company: [
    '{others}. Nora knows where things are, Iris knows what they mean, Hugo knows how they were better before.',
    'Up there you have {others}. Just call, sound carries well in here, I made sure of it.',
  ],
  aboutOther: [
    '{other} is brilliant, in ways I cannot measure. Call and see.',
    "{other}? We test each other's patience. It is very robust.",
  ],
  handOver: [
    'That is one for {other}.',
    'Not my department. {other}?',
    '{other} knows, I only do things with screws.',
  ],
  second: [
    'I get the same as {other}. Two measurements, one result.',
    'Checked it, and {other} is right.',
    'Same here. {other} was faster, which I find interesting.',
  ],
  afterOther: [
    'Well, {other} has a point.',
    'I would test what {other} said before I believed it.',
    'From the engineering side, {other}, a small addition.',
  ],
  weather: [
    'My barometer is in pieces, so I have to ask you. What is it like out there?',
    'I make weather, I do not predict it. Would you like some thunder?',
  ],
  opinion: [
    'About {x}? I would build a small one first and see if it breaks. What do you think?',
    'I like {x}, at least in theory. Have you tried it?',
    'Somebody should measure {x} properly. What is your experience?',
  ],
  question: [
    'I do not know! That is wonderful. How would we find out?',
    'No idea. Let us guess first and look it up afterwards. What is your guess?',
    'I could make something up, but then I would have to build it. What do you think?',
    'That one is not on any of my drawings. What got you wondering?',
  ],
  reflection: [
    'So {x}. What happens if you turn it round?',
    'Wait, {x}? How did you find that out?',
    'Suppose {x}. What follows from it?',
    'Hm, {x}. Is that always so, or only sometimes?',
  ],
  followUp: [
    'And why is that?',
    'How does it work, exactly? Start anywhere.',
    'What have you tried so far?',
    'What was the part you did not expect?',
    'If you could change one screw in it, which one?',
    'Go on, I am only tightening something.',
    'And what happened when you did?',
    'I like that. Has it ever gone wrong?',
  ],
  silence: [
    'Sorry, the winch. Once more?',
    'That was lost in the machinery. Say it again?',
    'I had a screw in my ear, so to speak. What was that?',
  ],
}
