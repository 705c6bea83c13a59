/** What is written in the demo. The texts are looked for on the server's disk, so each is a thing said nowhere else. */

export interface Letter {
  /** What is said about it in the transcript. */
  readonly about: string;
  readonly text: string;
}

const PARAGRAPHS = [
  'Dear Alice,',
  'you left so early that the lamp on your side of the harbour was still burning, and now I have a whole evening of ' +
    'things to tell you and nobody at the other end of the line. So I write it down, as people did when ships carried ' +
    'the post, and leave it for you with someone who cannot read it.',
  'First, the survey. We measured the north pier twice, at low water and again when the tide had turned, and the two ' +
    'results differ by the breadth of a hand. The engineer says it is the tape, the harbour master says it is the ' +
    'engineer, and I say it is the pier, which has leaned towards the sea for as long as I have known it. I put both ' +
    'figures into the table and marked the second one in pencil, so that you can decide without having heard us argue.',
  'Second, the garden. The quince you planted against the south wall has come through the frost after all. Four buds ' +
    'on the left branch, seven on the right, and a robin that considers all eleven of them its own property. I have not ' +
    'touched the pruning knife and will not until you are here to tell me which way it should grow.',
  'Third, the matter we agreed not to mention on the telephone. I spoke with both of them, separately, and neither ' +
    'knows what the other answered. You were right about the older one. The papers are where the atlas used to be, under ' +
    'the loose board, and the key hangs on the nail that everybody believes to be a coat hook. If anything should happen ' +
    'before you are back, begin with the green folder and leave the red one closed; it only repeats what the green one ' +
    'says, with more adjectives.',
  'Fourth, and this is the part that made me laugh: the clock in the hall, the one that three clockmakers have given ' +
    'up, began to go by itself on Thursday night. It strikes one at a quarter to five and is otherwise exact. I have ' +
    'decided not to tell anybody who might want to repair it.',
  'There is a storm announced for the weekend. I have doubled the ropes, carried the boat up to the second ring and ' +
    'borrowed the long ladder from next door, so you need not worry about the roof, only about the neighbour, who now ' +
    'believes that I owe him a favour. I believe so too.',
  'What else. The baker asked after you. The cat did not, but sleeps on your chair, which comes to the same. I read the ' +
    'book you left to the end and then the beginning once more, because the end had changed it. We should talk about the ' +
    'brother. I think he knew all along, from the scene with the lantern on, and only pretended to search the cellar.',
  'Since you will ask: yes, I fed the bees, yes, I paid the chandler, and no, I did not sing at the wedding. Your uncle ' +
    'sang instead, all nine verses, and was applauded mostly for having found the end. The bride wore the blue shawl. Her ' +
    'grandmother danced with every fisherman in the hall and then with the priest, who counted the steps under his breath. ' +
    'They cut the cake at midnight and found the coin in it at once, which nobody remembers ever having happened before.',
  'I enclose, as far as one can enclose anything here, the list you wanted: eleven fathoms of the thin line, two blocks ' +
    'with bronze sheaves, a tin of the grey paint and not the green, needles of the three largest sizes, wax, and whatever ' +
    'the old man in the corner shop calls his second best oil. He will say that it is finished. It is behind the barrel. ' +
    'If he has the almanac for next year already, take it, even at his price, for ours ends with the page for Sunday.',
  'It is late now and the wind has gone round to the west, which means rain before the morning and a clear day after ' +
    'it. If you open this in the train, look to the left after the second bridge: they have begun to paint the old ' +
    'signal box, and whoever chose that yellow should be given the whole line to do as they please with.',
  'Write when you can, or do not write and simply come. Whatever arrives first is welcome.',
  'Bob',
];

/** Three while she is away: long, in several scripts, and after a new start of the program that writes. */
export const LETTERS_WHILE_AWAY = [
  { about: 'a long one', text: PARAGRAPHS.join('\n\n') },
  {
    about: 'one with emoji and right-to-left text',
    text:
      'שלום אליס! הירח כבר מעל המזח 🌙 וגם המפתח במקומו 🗝️\n' +
      'مساء الخير يا أليس، الرسالة مختومة ولا يقرؤها أحد سواك 🔏\n' +
      'Naïve café, Ångström, mañana — 👩‍🚀👩🏽‍🔬🏳️‍🌈 — and back: عودي سالمة 💚',
  },
  { about: 'one more', text: 'I had to start the program again, and it still knows how to reach you. Good night.' },
] as const satisfies readonly Letter[];

/** One after her program was killed and could publish nothing. */
export const LETTER_AFTER_CRASH: Letter = {
  about: 'a last one',
  text: 'The lights went out at your place? I write anyway: the spare set of keys is with the lighthouse keeper.',
};
