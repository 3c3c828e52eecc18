const { CURRENCY, DOMAIN, ACCOUNT, LANGUAGE, TOKEN, ZONES, TAX } = process.env;

exports.settings = async () => ({ CURRENCY, DOMAIN, ACCOUNT, LANGUAGE, TOKEN, ZONES, TAX });
