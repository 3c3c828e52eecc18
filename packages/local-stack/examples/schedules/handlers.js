exports.cleanUp = async ({ olderThanDays = 7 }) => {
  console.log(`removes what is older than ${olderThanDays} days`);
};

exports.report = async ({ month, by }) => {
  console.log(`report of ${month.slice(0, 7)}, asked for by ${by}`);
};

exports.wake = async ({ scheduled }) => {
  console.log(`awake since ${scheduled}`);
};
