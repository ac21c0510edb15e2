/** What is said to try a voice out, in its own language. */
const SAMPLES: Readonly<Record<string, string>> = {
  ar: 'مساء الخير. اجلس، لدي قصة أحكيها لك.',
  cs: 'Dobrý večer. Posaďte se, mám pro vás příběh.',
  da: 'Godaften. Sæt dig ned, jeg har en historie til dig.',
  de: 'Guten Abend. Setz dich zu mir, ich habe dir etwas zu erzählen.',
  en: 'Good evening. Sit down with me, I have a story for you.',
  es: 'Buenas noches. Siéntate conmigo, tengo una historia para ti.',
  fi: 'Hyvää iltaa. Istu alas, minulla on sinulle tarina.',
  fr: 'Bonsoir. Assieds-toi avec moi, j’ai une histoire pour toi.',
  hi: 'शुभ संध्या। मेरे पास बैठो, मैं तुम्हें एक कहानी सुनाता हूँ।',
  it: 'Buonasera. Siediti con me, ho una storia per te.',
  ja: 'こんばんは。ここに座って、お話を聞いてください。',
  ko: '안녕하세요. 여기 앉아 보세요. 이야기를 들려드릴게요.',
  nb: 'God kveld. Sett deg ned, jeg har en historie til deg.',
  nl: 'Goedenavond. Kom bij me zitten, ik heb een verhaal voor je.',
  pl: 'Dobry wieczór. Usiądź ze mną, mam dla ciebie opowieść.',
  pt: 'Boa noite. Senta-te comigo, tenho uma história para ti.',
  ru: 'Добрый вечер. Садись рядом, я расскажу тебе историю.',
  sv: 'God kväll. Sätt dig hos mig, jag har en historia till dig.',
  tr: 'İyi akşamlar. Yanıma otur, sana bir hikâyem var.',
  uk: 'Добрий вечір. Сідай поруч, я розповім тобі історію.',
  zh: '晚上好。请坐，我有一个故事要讲给你听。',
}

/** @param language BCP 47; of one we have no words in, English is said. */
export function sampleSentence(language = 'en'): string {
  return SAMPLES[language.split('-')[0] ?? ''] ?? SAMPLES['en'] ?? ''
}
