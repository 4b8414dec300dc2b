exports.handler = (context, event, callback) => callback(null, new Twilio.Response({ statusCode: 422, body: 'as options' }));
