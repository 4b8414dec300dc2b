exports.handler = async () => { throw new Error('rejected'); };
