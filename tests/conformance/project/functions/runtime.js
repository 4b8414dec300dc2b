exports.handler = (context, event, callback) => callback(null, {
  assets: Object.keys(Runtime.getAssets()).sort(),
  text: Runtime.getAssets()['/hidden.txt'].open(),
  functions: ['hidden', 'guarded', 'text'].filter((name) => Runtime.getFunctions()[name] !== undefined),
  hidden: require(Runtime.getFunctions().hidden.path).word,
  own: require('twilio').twiml.VoiceResponse === Twilio.twiml.VoiceResponse,
});
